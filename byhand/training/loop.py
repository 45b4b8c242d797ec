"""The training loop of every gradient-trained model, by hand or by torch.nn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from byhand.datasets.folder import TEST_BATCH_SIZE
from byhand.training.batches import as_input, batches, take
from byhand.training.device import replays
from byhand.training.epoch import Epoch

Rows = tuple[Tensor | np.ndarray, Tensor | np.ndarray]  # features and int64 targets


class Tally:
    """Adds up the batches of an epoch, as tensors: no step waits for a loss."""

    def __init__(self, device: torch.device):
        self.loss_sum = torch.zeros((), dtype=torch.float64, device=device)
        self.hits = torch.zeros((), dtype=torch.int64, device=device)
        self.rows = self.batches = 0

    def add(self, loss: Tensor, logits: Tensor, targets: Tensor) -> None:
        """Add a batch: its mean loss, a scalar, logits (rows, classes), targets (rows,)."""
        self.loss_sum.add_(loss, alpha=len(targets))
        self.hits.add_((logits.argmax(dim=1) == targets).sum())

    def count(self, rows: int) -> None:
        """Count a batch of so many rows."""
        self.rows += rows
        self.batches += 1

    def epoch(self, number: int, test_acc: float, *validation: float) -> Epoch:
        """Return the epoch's figures, and begin the next epoch.

        validation: loss and accuracy, if rows are held out.
        """
        if not self.rows:
            raise ValueError("the epoch had no batch: fewer rows than batch_size")
        loss, hits = self.loss_sum.item() / self.rows, self.hits.item() / self.rows
        epoch = Epoch(number, loss, hits, test_acc, self.batches, *validation)
        self.loss_sum.zero_()
        self.hits.zero_()
        self.rows = self.batches = 0
        return epoch


def train(
    model,
    optimizer,
    train_set: Rows,
    test_set: Rows,
    validation_set: Rows | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    shuffle: bool = True,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
) -> Iterator[Epoch]:
    """Train a model in place, one epoch an item.

    Args:
        model: maps features (rows, ...) to logits (rows, classes); has named_parameters().
        optimizer: its step() moves the parameters by a batch's features and targets, and
            returns the loss, a scalar, and the logits from before; end_epoch() ends an epoch.
        train_set, test_set: features (rows, ...), and targets (rows,).
        validation_set: rows held out of the training set, if there are any.
        epochs, batch_size: >= 1.
        shuffle, drop_last, generator: as `batches` takes them.
    """
    device, dtype = device_and_dtype(model)
    train_set, test_set = on_device(train_set, device), on_device(test_set, device)
    validation_set = on_device(validation_set or [], device)
    tally = Tally(device)

    def learn(rows: range | Tensor) -> None:
        """Take one step, by these rows of the training set."""
        features, targets = take(rows, *train_set, dtype)
        tally.add(*optimizer.step(features, targets), targets)

    step = learn
    if replays(device):
        from byhand.training.replay import Replay

        step = Replay(learn, optimizer, device)
    for epoch in range(1, epochs + 1):
        for rows in batches(
            len(train_set[1]),
            batch_size,
            shuffle=shuffle,
            drop_last=drop_last,
            generator=generator,
            device=device,
        ):
            step(rows)
            tally.count(len(rows))
        optimizer.end_epoch()
        yield tally.epoch(epoch, *measure(model, test_set, validation_set))


def measure(
    model, test_set: Sequence[Tensor], validation_set: Sequence[Tensor] = ()
) -> Iterator[float]:
    """Yield the test accuracy and, if rows are held out, validation loss and accuracy."""
    yield accuracy(predict(model, test_set[0]), test_set[1])
    if validation_set:
        logits, targets = predict(model, validation_set[0]), validation_set[1]
        log_probabilities = logits.double().log_softmax(dim=1)
        yield -log_probabilities.gather(1, targets.view(-1, 1)).mean().item()
        yield accuracy(logits, targets)


def on_device(rows: Rows, device: torch.device) -> list[Tensor]:
    """Return features and targets as tensors on the device."""
    return [torch.as_tensor(array, device=device) for array in rows]


def accuracy(logits: Tensor, targets: Tensor) -> float:
    """Return the share of rows whose largest logit is the target's, in [0, 1]."""
    return (logits.argmax(dim=1) == targets).double().mean().item()


def predict(model, features: Tensor | np.ndarray) -> Tensor:
    """Return the logits (rows, classes) of a model, on its device; the model learns nothing."""
    device, dtype = device_and_dtype(model)
    parts = torch.as_tensor(features, device=device).split(TEST_BATCH_SIZE)
    with torch.no_grad(), evaluating(model):
        outputs = [model(as_input(part, dtype)) for part in parts]
    # a library's model may return more than the logits
    return torch.cat([o if isinstance(o, Tensor) else o["logits"] for o in outputs])


@contextmanager
def evaluating(model) -> Iterator[None]:
    """Let torch.nn's dropout drop nothing and batch norm's statistics stand, within a block."""
    modules = model.modules() if isinstance(model, nn.Module) else []
    learning = [module for module in modules if module.training]
    for module in learning:
        module.training = False
    try:
        yield
    finally:
        for module in learning:
            module.training = True


def device_and_dtype(model) -> tuple[torch.device, torch.dtype]:
    """Return where a model's parameters lie, and their type, which features must have."""
    _, parameter = next(iter(model.named_parameters()))
    return parameter.device, parameter.dtype
