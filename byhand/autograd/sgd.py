"""Stochastic gradient descent on the engine's tensors, which hold their gradients."""

import math

import torch
from torch import Tensor as Array


class SGD:
    """Moves each parameter against its gradient. Formula and arguments as scratch/sgd.py's.

    model: has `parameters`, tensors of the engine, and `loss`.
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
        self.velocities = [torch.zeros_like(p.data) for p in model.parameters]

    def backward(self, features: Array, targets: Array) -> tuple[Array, Array]:
        """Find the gradients of a batch, and return its loss and its logits."""
        for parameter in self.model.parameters:
            parameter.grad = None  # backward() would add to it
        loss, logits = self.model.loss(features, targets)
        loss.backward()
        return loss.data, logits.data

    @property
    def gradients(self) -> list[Array]:
        """The gradient of each parameter, from the last call of backward."""
        return [parameter.grad for parameter in self.model.parameters]

    def update(self) -> None:
        """Move the parameters by the gradients that backward found."""
        for parameter, velocity, gradient in zip(
            self.model.parameters, self.velocities, self.gradients, strict=True
        ):
            if self.weight_decay:
                gradient = gradient.add(parameter.data, alpha=self.weight_decay)
            if self.momentum:
                gradient = velocity.mul_(self.momentum).add_(gradient)
            parameter.data.sub_(gradient, alpha=self.lr)

    def step(self, features: Array, targets: Array) -> tuple[Array, Array]:
        """Take one step, and return the loss and the logits from before the step."""
        loss, logits = self.backward(features, targets)
        self.update()
        return loss, logits

    def end_epoch(self) -> None:
        """Set the learning rate of the next epoch."""
        if self.schedule == "cosine":
            self.epoch += 1
            wave = math.cos(math.pi * self.epoch / self.epochs)
            self.lr = self.initial_lr * (1 + wave) / 2
