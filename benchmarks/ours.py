"""Our training loop, an epoch at a time."""

import sys
from collections.abc import Callable

import torch

from benchmarks.peers.epochs import BATCH_SIZE, LR, STD
from byhand.training.loop import Rows, train


def our_loop(
    make_model,
    optimizer_class,
    sizes: list[int],
    train_set: Rows,
    dtype: torch.dtype,
    batch_size: int = BATCH_SIZE,
    shuffle: bool = True,
) -> Callable[[], None]:
    """Return what trains a new model, by hand or on torch.nn, for one epoch more a call."""
    generator = torch.Generator().manual_seed(0)
    model = make_model(sizes, STD, dtype, generator)
    for _, parameter in model.named_parameters():
        parameter.data = parameter.data.to(train_set[0].device)
    few = tuple(tensor[:1] for tensor in train_set)  # no test set is timed
    epochs = train(
        model,
        optimizer_class(model, LR),
        train_set,
        few,
        epochs=sys.maxsize,
        batch_size=batch_size,
        shuffle=shuffle,
        drop_last=not shuffle,
        generator=generator,
    )

    def epoch() -> None:
        next(epochs)

    return epoch
