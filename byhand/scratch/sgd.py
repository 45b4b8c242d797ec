"""Stochastic gradient descent, with momentum and a schedule. Chapter 4 of the book.

Momentum 0, a constant learning rate and decay 0 make it plain gradient descent.
"""

import math

import torch
from torch import Tensor


def cosine(lr: float, epoch: int, epochs: int) -> float:
    """Return half a cosine wave, from lr in epoch 0 down to 0 after the last.

    Loshchilov and Hutter, SGDR (2017), equation 5, without restarts.
    """
    return lr * (1 + math.cos(math.pi * epoch / epochs)) / 2


class SGD:
    """Moves each parameter against its gradient.

    gradient ← gradient + weight_decay · parameter
    velocity ← momentum · velocity + gradient
    parameter ← parameter - lr · velocity

    Args:
        model: has named_parameters() and learn().
        lr: learning rate of the first epoch, > 0.
        momentum: the fraction of the previous step that is kept, in [0, 1).
        schedule: of the learning rate: constant, or cosine, down to 0 after the last epoch.
        epochs: of the whole training; the schedule needs it.
        weight_decay: of all parameters, biases too, >= 0. The loss has a second term, then:
            weight_decay / 2 · the sum of all squared parameters.
    """

    def __init__(
        self,
        model,
        lr: float,
        momentum: float = 0.0,
        schedule: str = "constant",
        epochs: int = 10,
        weight_decay: float = 0.0,
    ):
        self.model, self.momentum, self.schedule = model, momentum, schedule
        self.weight_decay = weight_decay
        self.lr = self.initial_lr = lr
        self.epoch, self.epochs = 0, epochs
        self.parameters = [parameter for _, parameter in model.named_parameters()]
        self.velocities = [torch.zeros_like(p) for p in self.parameters]

    def backward(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Find the gradients of a batch, and return its loss and its logits."""
        loss, logits, self.gradients = self.model.learn(features, targets)
        return loss, logits

    def update(self) -> None:
        """Move the parameters by the gradients that backward found."""
        for parameter, velocity, gradient in zip(
            self.parameters, self.velocities, self.gradients, strict=True
        ):
            if self.weight_decay:
                gradient = gradient.add(parameter, alpha=self.weight_decay)
            if self.momentum:
                gradient = velocity.mul_(self.momentum).add_(gradient)
            parameter.sub_(gradient, alpha=self.lr)

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before the step."""
        loss, logits = self.backward(features, targets)
        self.update()
        return loss, logits

    def end_epoch(self) -> None:
        """Set the learning rate of the next epoch."""
        if self.schedule == "cosine":
            self.epoch += 1
            self.lr = cosine(self.initial_lr, self.epoch, self.epochs)
