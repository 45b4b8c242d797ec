"""Mini-batches as slices of tensors held in memory. Chapter 4 of the book."""

from collections.abc import Iterator

import torch
from torch import Tensor


def batches(
    features: Tensor,
    targets: Tensor,
    batch_size: int,
    dtype: torch.dtype,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield every row once, as (features, targets) of batch_size rows each.

    Images stay uint8 in memory, which takes a quarter of the space of numbers from 0 to 1.
    Only the current batch is converted. That is faster, too: less memory is read.

    Args:
        features: (rows, ...), uint8 images, or floats.
        targets: (rows,).
        batch_size: rows of a batch, >= 1.
        dtype: of the features yielded; uint8 is scaled from [0, 255] to [0, 1].
        shuffle: take the rows in a new random order, or as they lie.
        drop_last: leave out the last batch if it is short, or yield it.
        generator: source of the random order, on the CPU.
    """
    rows = len(targets)
    kept = rows - rows % batch_size if drop_last else rows
    if shuffle:
        order = torch.randperm(rows, generator=generator).to(features.device)
    for start in range(0, kept, batch_size):
        if shuffle:
            index = order[start : start + batch_size]
            batch = features.index_select(0, index), targets.index_select(0, index)
        else:
            of_batch = slice(start, start + batch_size)
            batch = features[of_batch], targets[of_batch]
        yield as_input(batch[0], dtype), batch[1]


def as_input(features: Tensor, dtype: torch.dtype) -> Tensor:
    """Return features of that dtype, uint8 scaled from [0, 255] to [0, 1]."""
    if features.dtype == torch.uint8:
        return features.to(dtype).div_(255)
    return features.to(dtype)
