"""The training loop of every gradient-trained model, by hand or by torch.nn."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from scratch.batches import batches

TEST_BATCH_SIZE = 1000  # rows of the test set whose logits are held at once


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


def train(
    model: Callable[[Tensor], Tensor],
    step: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    train_set: tuple[Tensor, Tensor],
    test_set: tuple[Tensor, Tensor],
    *,
    epochs: int,
    batch_size: int,
    dtype: torch.dtype,
    shuffle: bool,
    drop_last: bool,
    generator: torch.Generator,
) -> Iterator[Epoch]:
    """Train a model, yielding after each epoch what it came to.

    Nothing waits for a loss within an epoch: losses and hits are added up as tensors and
    read once, at its end.

    Args:
        model: maps features (rows, ...) to logits (rows, classes).
        step: moves the model's parameters by a batch's features and targets, and
            returns the loss, a scalar, and the logits from before.
        train_set, test_set: features (rows, ...) and int64 targets (rows,).
        epochs, batch_size: >= 1.
        dtype, shuffle, drop_last, generator: as `batches` takes them.
    """
    device = train_set[1].device
    for epoch in range(1, epochs + 1):
        loss_sum = torch.zeros((), dtype=torch.float64, device=device)
        hits = torch.zeros((), dtype=torch.int64, device=device)
        rows = steps = 0
        for features, targets in batches(
            *train_set,
            batch_size,
            dtype,
            shuffle=shuffle,
            drop_last=drop_last,
            generator=generator,
        ):
            loss, logits = step(features, targets)
            loss_sum.add_(loss, alpha=len(targets))
            hits.add_((logits.argmax(dim=1) == targets).sum())
            rows += len(targets)
            steps += 1
        yield Epoch(
            epoch,
            train_loss=loss_sum.item() / rows,
            train_acc=hits.item() / rows,
            test_acc=accuracy(model, test_set, dtype),
            batches=steps,
        )


def accuracy(
    model: Callable[[Tensor], Tensor],
    rows: tuple[Tensor, Tensor],
    dtype: torch.dtype,
) -> float:
    """Return the share of rows whose largest logit is the target's, in [0, 1]."""
    with torch.no_grad():
        hits = sum(
            (model(features).argmax(dim=1) == targets).sum()
            for features, targets in batches(*rows, TEST_BATCH_SIZE, dtype)
        )
    return hits.item() / len(rows[1])
