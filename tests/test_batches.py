"""Mini-batches: every row once, in order or shuffled, with or without the remainder."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from byhand.training.batches import batches, take

ROWS = st.integers(1, 50)
BATCH_SIZES = st.integers(1, 60)


@given(ROWS, BATCH_SIZES, st.booleans(), st.booleans())
def test_sizes_are_full_but_for_the_remainder(rows, batch_size, shuffle, drop_last):
    sizes = [len(t) for _, t in make(rows, batch_size, shuffle, drop_last)]
    full, rest = divmod(rows, batch_size)
    assert sizes == [batch_size] * full + [rest] * (rest > 0 and not drop_last)


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


def test_images_come_from_zero_to_one_and_floats_as_they_are():
    images = torch.tensor([[0], [51], [255]], dtype=torch.uint8)
    points = torch.tensor([[-1.5], [0.0], [255.0]], dtype=torch.float64)
    targets = torch.arange(3)
    for rows in (range(3), targets):
        for dtype in (torch.float32, torch.float64):
            scaled, _ = take(rows, images, targets, dtype)
            assert scaled.dtype == dtype
            assert scaled.flatten().tolist() == approx([0, 0.2, 1])
            same, _ = take(rows, points, targets, dtype)
            assert same.dtype == dtype
            assert same.tolist() == points.tolist()
    assert images.flatten().tolist() == [0, 51, 255]


def make(rows, batch_size, shuffle, drop_last, generator=None):
    targets = torch.arange(rows)
    features = torch.stack([10 * targets, targets], dim=1)
    for of_batch in batches(
        rows, batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator
    ):
        batch = take(of_batch, features, targets, torch.float64)
        assert len(of_batch) == len(batch[1])
        yield batch
