"""Stochastic gradient descent by autograd and torch.optim. Chapters 5 and 7 of the book."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class SGD:
    """A step of torch.optim.SGD, with the arguments of the hand-written one.

    Args:
        model: maps features to logits.
        lr: learning rate, > 0.
    """

    def __init__(self, model: nn.Module, lr: float):
        self.model = model
        self.optimizer = PlainSGD(model.parameters(), lr=lr)

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before it."""
        logits = self.model(features)
        loss = cross_entropy(logits, targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach(), logits.detach()


class PlainSGD(torch.optim.SGD):
    """torch.optim.SGD without its guards against torch.compile, which is not used here.

    Each guard imports torch._dynamo when it is first called, which takes a process longer
    than to train softmax regression for ten epochs. Every guard is a decorator, and a
    decorator keeps the function it wraps as __wrapped__: the same code, unguarded. The
    guard of step() also turned autograd off, as no_grad does.
    """

    add_param_group = torch.optim.Optimizer.add_param_group.__wrapped__
    zero_grad = torch.optim.Optimizer.zero_grad.__wrapped__
    step = torch.no_grad()(torch.optim.SGD.step.__wrapped__)
