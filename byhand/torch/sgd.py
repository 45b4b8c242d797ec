"""Stochastic gradient descent by autograd and torch.optim. Chapters 5 and 7 of the book."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD as TorchSGD
from torch.optim.lr_scheduler import CosineAnnealingLR


class SGD:
    """torch.optim.SGD and a scheduler. Formula and arguments as scratch/sgd.py's.

    model: maps features to logits.
    """

    def __init__(
        self,
        model: nn.Module,
        lr: float,
        momentum: float = 0.0,
        schedule: str = "constant",
        epochs: int = 10,
        weight_decay: float = 0.0,
    ):
        self.model = model
        self.optimizer = TorchSGD(
            model.parameters(), lr=lr, momentum=momentum, weight_decay=weight_decay
        )
        self.scheduler = None
        if schedule == "cosine":
            self.scheduler = CosineAnnealingLR(self.optimizer, T_max=epochs)

    def backward(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Find the gradients of a batch, and return its loss and its logits."""
        self.optimizer.zero_grad()
        logits = self.model(features)
        loss = cross_entropy(logits, targets)
        loss.backward()
        return loss.detach(), logits.detach()

    @property
    def gradients(self) -> list[Tensor]:
        """The gradient of each parameter, from the last call of backward."""
        return [parameter.grad for parameter in self.model.parameters()]

    def update(self) -> None:
        """Move the parameters by their gradients."""
        self.optimizer.step()

    def step(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step, and return the loss and the logits from before the step."""
        loss, logits = self.backward(features, targets)
        self.update()
        return loss, logits

    def end_epoch(self) -> None:
        """Set the learning rate of the next epoch."""
        if self.scheduler:
            self.scheduler.step()
