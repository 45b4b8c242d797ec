"""Mini-batches as slices of tensors held in memory. Chapter 4 of the book."""

from collections.abc import Iterator

import torch
from torch import Tensor


def batches(
    rows: int,
    batch_size: int,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
    device: torch.device | str = "cpu",
) -> Iterator[range | Tensor]:
    """Yield all row numbers, batch_size at a time.

    Args:
        rows: how many there are.
        batch_size: rows of a batch, >= 1.
        shuffle: take the rows in a new random order, or as they lie.
        drop_last: leave out the last batch if it is short, or yield it.
        generator: source of the random order, on the CPU.
        device: of the tensors yielded, (batch_size,), int64. On the CPU, rows that are not
            shuffled are yielded as ranges.
    """
    order: range | Tensor = range(rows)
    if shuffle:
        order = torch.randperm(rows, generator=generator).to(device)
    elif torch.device(device).type != "cpu":
        order = torch.arange(rows, device=device)
    kept = rows - rows % batch_size if drop_last else rows
    for start in range(0, kept, batch_size):
        yield order[start : start + batch_size]


def take(
    rows: range | Tensor, features: Tensor, targets: Tensor, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Return the features and the targets of a batch.

    Images stay uint8 in memory, which takes a quarter of the space of numbers from 0 to 1.
    Only the current batch is converted. That is faster, too: less memory is read.

    Args:
        rows: the numbers of the batch's rows, as `batches` yields them.
        features: (rows, ...), uint8 images, or floats.
        targets: (rows,).
        dtype: of the features returned; uint8 is scaled from [0, 255] to [0, 1].
    """
    if isinstance(rows, range):
        of_batch = slice(rows.start, rows.stop)
        return as_input(features[of_batch], dtype), targets[of_batch]
    taken = features.index_select(0, rows), targets.index_select(0, rows)
    return as_input(taken[0], dtype), taken[1]


def as_input(features: Tensor, dtype: torch.dtype) -> Tensor:
    """Return features of that dtype, uint8 scaled from [0, 255] to [0, 1]."""
    if features.dtype == torch.uint8:
        return features.to(dtype).div_(255)
    return features.to(dtype)
