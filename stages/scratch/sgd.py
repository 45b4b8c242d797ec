"""Stochastic gradient descent. Chapter 4 of the book."""

from torch import Tensor


class SGD:
    """Moves each parameter against its gradient: parameter ← parameter - lr · gradient.

    Args:
        model: has parameters() and learn().
        lr: learning rate, > 0.
    """

    def __init__(self, model, lr: float):
        self.model = model
        self.lr = lr

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before it."""
        loss, logits, gradients = self.model.learn(features, targets)
        for parameter, gradient in zip(self.model.parameters(), gradients, strict=True):
            parameter.sub_(gradient, alpha=self.lr)
        return loss, logits
