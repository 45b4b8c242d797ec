"""The training loop of every gradient-trained model, by hand or by torch.nn."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from scratch.batches import batches
from scratch.metrics import accuracy


class Epoch(NamedTuple):
    """What one pass over the training rows came to.

    train_loss and train_acc average over the epoch's rows, each measured just before
    the step its batch led to; test_acc is taken after the last step.
    """

    epoch: int
    train_loss: float
    train_acc: float
    test_acc: float


def train(
    model: Callable[[Tensor], Tensor],
    loss_function: Callable[[Tensor, Tensor], Tensor],
    optimizer,
    train_set: tuple[Tensor, Tensor],
    test_set: tuple[Tensor, Tensor],
    *,
    epochs: int,
    batch_size: int,
    shuffle: bool,
    drop_last: bool,
    generator: torch.Generator,
) -> Iterator[Epoch]:
    """Train a model, yielding after each epoch what it came to.

    Nothing waits for a loss within an epoch: losses and hits are gathered as tensors
    and read once, at its end.

    Args:
        model: maps features (rows, ...) to logits (rows, classes).
        loss_function: maps logits and targets to their mean loss, a scalar.
        optimizer: has step() and zero_grad().
        train_set, test_set: features (rows, ...) and int64 targets (rows,).
        epochs, batch_size: >= 1.
        shuffle, drop_last, generator: as `batches` takes them.
    """
    for epoch in range(1, epochs + 1):
        losses, hits, rows = [], [], []
        for features, targets in batches(
            *train_set,
            batch_size,
            shuffle=shuffle,
            drop_last=drop_last,
            generator=generator,
        ):
            logits = model(features)
            loss = loss_function(logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

            losses.append(loss.detach())
            hits.append(logits.argmax(dim=1) == targets)
            rows.append(len(targets))

        weights = torch.tensor(rows, dtype=torch.float64)
        train_loss = torch.stack(losses).double().cpu() @ weights / weights.sum()
        train_acc = torch.cat(hits).double().mean()
        with torch.no_grad():
            test_acc = accuracy(model(test_set[0]), test_set[1])
        yield Epoch(epoch, train_loss.item(), train_acc.item(), test_acc)
