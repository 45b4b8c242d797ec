"""Our training loop, an epoch at a time, for the rows in this process and in another."""

from collections.abc import Callable

import torch

from benchmarks.peers.epochs import BATCH_SIZE, LR, STD
from byhand.training.loop import Epoch, Rows, train


def begin(
    make_model,
    optimizer_class,
    sizes: list[int],
    train_set: Rows,
    dtype: torch.dtype,
    batch_size: int = BATCH_SIZE,
    shuffle: bool = True,
) -> tuple[object, Callable[[], Epoch]]:
    """Return a new model, by hand or on torch.nn, and what trains it for one epoch more."""
    generator = torch.Generator().manual_seed(0)
    model = make_model(sizes, STD, dtype, generator)
    for _, parameter in model.named_parameters():
        parameter.data = parameter.data.to(train_set[0].device)
    optimizer = optimizer_class(model, LR)
    few = tuple(tensor[:1] for tensor in train_set)  # no test set is timed

    def epoch() -> Epoch:
        (done,) = train(
            model,
            optimizer,
            train_set,
            few,
            epochs=1,
            batch_size=batch_size,
            shuffle=shuffle,
            drop_last=not shuffle,
            generator=generator,
        )
        return done

    return model, epoch
