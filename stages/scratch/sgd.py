"""Stochastic gradient descent. Chapter 4 of the book."""

import torch
from torch import Tensor


class SGD:
    """Moves each parameter against its gradient: parameter ← parameter - lr · gradient.

    Args:
        parameters: tensors with requires_grad set.
        lr: learning rate, > 0.
    """

    def __init__(self, parameters: list[Tensor], lr: float):
        self.parameters = list(parameters)
        self.lr = lr

    @torch.no_grad()
    def step(self) -> None:
        """Take one step with the gradients that backward() has left."""
        for parameter in self.parameters:
            parameter.sub_(parameter.grad, alpha=self.lr)

    def zero_grad(self) -> None:
        """Forget the gradients, which backward() would otherwise add to."""
        for parameter in self.parameters:
            parameter.grad = None
