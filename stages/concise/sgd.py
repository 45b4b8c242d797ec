"""Stochastic gradient descent by autograd and torch.optim. Chapters 5 and 7 of the book."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD as TorchSGD
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR


class SGD:
    """torch.optim.SGD and a scheduler, with the arguments of the hand-written one.

    Args:
        model: maps features to logits.
        lr: learning rate of the first epoch, > 0.
        momentum: in [0, 1).
        schedule: constant or cosine.
        epochs: how many there will be.
    """

    def __init__(
        self,
        model: nn.Module,
        lr: float,
        momentum: float = 0.0,
        schedule: str = "constant",
        epochs: int = 10,
    ):
        self.model = model
        self.optimizer = TorchSGD(model.parameters(), lr=lr, momentum=momentum)
        if schedule == "cosine":
            self.scheduler = CosineAnnealingLR(self.optimizer, T_max=epochs)
        else:
            self.scheduler = ConstantLR(self.optimizer, factor=1.0)

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before it."""
        self.optimizer.zero_grad()
        logits = self.model(features)
        loss = cross_entropy(logits, targets)
        loss.backward()
        self.optimizer.step()
        return loss.detach(), logits.detach()

    def end_epoch(self) -> None:
        """Go on to the next epoch's learning rate."""
        self.scheduler.step()
