"""The training loop of every gradient-trained model, by hand or by torch.nn."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from stages.training.batches import as_input, batches
from stages.training.ranks import ALONE, Ranks, joint

TEST_BATCH_SIZE = 1000  # rows of the test set whose logits are held at once
Rows = tuple[Tensor | np.ndarray, Tensor | np.ndarray]  # features and int64 targets


class Epoch(NamedTuple):
    """What one pass over the training rows came to.

    train_loss and train_acc average over the epoch's rows, each measured just before
    the step its batch led to; test_acc is taken after the last step.
    """

    epoch: int
    train_loss: float
    train_acc: float
    test_acc: float
    batches: int


class Tally:
    """What the rows of an epoch come to, added up as tensors: nothing waits for a loss."""

    def __init__(self, device: torch.device):
        self.device = device
        self.clear()

    def clear(self) -> None:
        """Begin an epoch."""
        self.loss_sum = torch.zeros((), dtype=torch.float64, device=self.device)
        self.hits = torch.zeros((), dtype=torch.int64, device=self.device)
        self.rows = self.batches = 0

    def add(self, loss: Tensor, logits: Tensor, targets: Tensor) -> None:
        """Add a batch: its mean loss, a scalar, logits (rows, classes), targets (rows,)."""
        self.loss_sum.add_(loss, alpha=len(targets))
        self.hits.add_((logits.argmax(dim=1) == targets).sum())
        self.rows += len(targets)
        self.batches += 1

    def epoch(self, number: int, test_acc: float, ranks: Ranks = ALONE) -> Epoch:
        """Return what they came to, on all ranks, and begin the next epoch."""
        sums = [self.loss_sum.item(), self.hits.item(), self.rows]
        sums = ranks.add_up(torch.tensor(sums, dtype=torch.float64))
        loss, hits, rows = sums.tolist()
        epoch = Epoch(number, loss / rows, hits / rows, test_acc, self.batches)
        self.clear()
        return epoch


def train(
    model,
    optimizer,
    train_set: Rows,
    test_set: Rows,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    shuffle: bool = True,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
    ranks: Ranks = ALONE,
) -> Iterator[Epoch]:
    """Train a model, yielding after each epoch what it came to.

    Args:
        model: maps features (rows, ...) to logits (rows, classes); has named_parameters().
        optimizer: its step() moves the parameters by a batch's features and targets, and
            returns the loss, a scalar, and the logits from before; end_epoch() as it says.
        train_set, test_set: features (rows, ...), and targets (rows,).
        epochs, batch_size: >= 1.
        shuffle, drop_last, generator: as `batches` takes them.
        ranks: that train it together.
    """
    device, dtype = device_and_dtype(model)
    train_set, test_set = (
        [torch.as_tensor(array, device=device) for array in part]
        for part in (train_set, test_set)
    )
    optimizer = joint(optimizer, ranks)
    tally = Tally(device)
    for epoch in range(1, epochs + 1):
        for features, targets in batches(
            *train_set,
            batch_size,
            dtype,
            shuffle=shuffle,
            drop_last=drop_last,
            generator=generator,
            rank=ranks.rank,
            world=ranks.world,
        ):
            tally.add(*optimizer.step(features, targets), targets)
        optimizer.end_epoch()
        yield tally.epoch(epoch, accuracy(model, *test_set), ranks)


def accuracy(model, features: Tensor, targets: Tensor) -> float:
    """Return the share of rows whose largest logit is the target's, in [0, 1]."""
    hits = predict(model, features).argmax(dim=1) == targets
    return hits.double().mean().item()


def predict(model, features: Tensor | np.ndarray) -> Tensor:
    """Return the logits (rows, classes) of a model, on its device."""
    device, dtype = device_and_dtype(model)
    parts = torch.as_tensor(features, device=device).split(TEST_BATCH_SIZE)
    with torch.no_grad():
        outputs = [model(as_input(part, dtype)) for part in parts]
    return torch.cat([getattr(output, "logits", output) for output in outputs])


def device_and_dtype(model) -> tuple[torch.device, torch.dtype]:
    """Return where a model's parameters lie, and their type, which features must have."""
    _, parameter = next(iter(model.named_parameters()))
    return parameter.device, parameter.dtype
