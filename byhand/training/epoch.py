"""The figures of an epoch."""

from typing import NamedTuple


class Epoch(NamedTuple):
    """The figures of one pass over the training rows.

    train_loss and train_acc average over the epoch's rows, each measured just before
    the step its batch led to; the others are taken after the last step. Validation is on
    rows held out of the training set, if there are any. A solver without epochs has the
    figures of its end, as epoch 0.
    """

    epoch: int
    train_loss: float
    train_acc: float
    test_acc: float
    batches: int
    validation_loss: float | None = None
    validation_acc: float | None = None
