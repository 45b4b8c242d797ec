"""What hypothesis draws for the tests of the hand-written parts."""

import torch
from hypothesis import strategies as st
from torch import Tensor

DTYPES = st.sampled_from([torch.float32, torch.float64])
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.lists(st.integers(1, 8), min_size=2, max_size=5)  # of a network's layers


@st.composite
def logits_and_targets(draw) -> tuple[Tensor, Tensor]:
    """Logits up to ±1e4 of 1 to 9 rows and 1 to 7 classes, with targets."""
    rows, classes = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    scale = draw(st.sampled_from([1e-3, 1.0, 30.0, 1e4]))
    dtype, generator = draw(DTYPES), torch.Generator().manual_seed(draw(SEEDS))
    logits = (
        torch.rand(rows, classes, dtype=dtype, generator=generator) * 2 - 1
    ) * scale
    targets = torch.randint(classes, (rows,), generator=generator)
    return logits, targets
