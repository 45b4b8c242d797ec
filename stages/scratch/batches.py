"""Mini-batches as slices of tensors held in memory. Chapter 4 of the book."""

from collections.abc import Iterator

import torch
from torch import Tensor


def batches(
    features: Tensor,
    targets: Tensor,
    batch_size: int,
    *,
    shuffle: bool,
    drop_last: bool,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield every row once, as (features, targets) of batch_size rows each.

    Args:
        features: (rows, ...).
        targets: (rows,).
        batch_size: rows of a batch, >= 1.
        shuffle: take the rows in a new random order, or as they lie.
        drop_last: leave out the last batch if it is short, or yield it.
        generator: source of the random order, on the CPU.
    """
    rows = len(targets)
    kept = rows - rows % batch_size if drop_last else rows
    starts = range(0, kept, batch_size)
    if shuffle:
        order = torch.randperm(rows, generator=generator).to(features.device)
        for start in starts:
            index = order[start : start + batch_size]
            yield features.index_select(0, index), targets.index_select(0, index)
    else:
        for start in starts:
            rows_of_batch = slice(start, start + batch_size)
            yield features[rows_of_batch], targets[rows_of_batch]


def count_batches(rows: int, batch_size: int, *, drop_last: bool) -> int:
    """Return how many batches `batches` yields for that many rows."""
    return rows // batch_size if drop_last else -(-rows // batch_size)
