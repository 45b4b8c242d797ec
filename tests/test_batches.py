"""Mini-batches: every row once, in order or shuffled, with or without the remainder."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from scratch.batches import batches, count_batches

ROWS = st.integers(1, 50)
BATCH_SIZES = st.integers(1, 60)


@given(ROWS, BATCH_SIZES, st.booleans(), st.booleans())
def test_sizes_are_full_but_for_the_remainder(rows, batch_size, shuffle, drop_last):
    sizes = [len(t) for _, t in make(rows, batch_size, shuffle, drop_last)]
    full, rest = divmod(rows, batch_size)
    assert sizes == [batch_size] * full + [rest] * (rest > 0 and not drop_last)
    assert len(sizes) == count_batches(rows, batch_size, drop_last=drop_last)


@given(ROWS, BATCH_SIZES, st.booleans())
def test_every_row_comes_once_with_its_target(rows, batch_size, shuffle):
    seen = []
    for features, targets in make(rows, batch_size, shuffle, drop_last=False):
        assert torch.equal(features[:, 0], 10 * targets)
        seen += targets.tolist()
    assert sorted(seen) == list(range(rows))
    assert shuffle or seen == sorted(seen)


def test_shuffling_changes_from_epoch_to_epoch_and_repeats_with_the_seed():
    def two_epochs():
        generator = torch.Generator().manual_seed(7)
        return [
            [t.tolist() for _, t in make(50, 8, True, False, generator)]
            for _ in range(2)
        ]

    first, second = two_epochs()
    assert first != second
    assert two_epochs() == [first, second]


def make(rows, batch_size, shuffle, drop_last, generator=None):
    targets = torch.arange(rows)
    features = torch.stack([10 * targets, targets], dim=1)
    return batches(
        features,
        targets,
        batch_size,
        shuffle=shuffle,
        drop_last=drop_last,
        generator=generator,
    )
