"""Stochastic gradient descent, with momentum and a schedule. Chapter 4 of the book.

The book's has neither: momentum 0, and a constant learning rate.
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
    """Moves each parameter against its gradient, and on as it moved before.

    velocity ← momentum · velocity + gradient
    parameter ← parameter - lr · velocity

    Args:
        model: has named_parameters() and learn().
        lr: learning rate of the first epoch, > 0.
        momentum: how much of a velocity is left after a step, in [0, 1).
        schedule: how the learning rate goes on, constant or cosine.
        epochs: how many there will be.
    """

    def __init__(
        self,
        model,
        lr: float,
        momentum: float = 0.0,
        schedule: str = "constant",
        epochs: int = 10,
    ):
        self.model = model
        self.lr = self.initial_lr = lr
        self.momentum = momentum
        self.schedule = schedule
        self.epoch, self.epochs = 0, epochs
        self.parameters = [parameter for _, parameter in model.named_parameters()]
        self.velocities = [torch.zeros_like(p) for p in self.parameters]

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before it."""
        loss, logits, gradients = self.model.learn(features, targets)
        for parameter, velocity, gradient in zip(
            self.parameters, self.velocities, gradients, strict=True
        ):
            if self.momentum:
                gradient = velocity.mul_(self.momentum).add_(gradient)
            parameter.sub_(gradient, alpha=self.lr)
        return loss, logits

    def end_epoch(self) -> None:
        """Go on to the next epoch's learning rate."""
        self.epoch += 1
        if self.schedule == "cosine":
            self.lr = cosine(self.initial_lr, self.epoch, self.epochs)
