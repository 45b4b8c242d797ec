"""SGD against torch.optim's."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import DTYPES, SEEDS

from scratch.sgd import SGD


@given(DTYPES, SEEDS, st.floats(1e-6, 10), st.integers(1, 5))
def test_steps_are_torchs(dtype, seed, lr, steps):
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(3, 4, dtype=dtype, generator=generator)
    ends = []
    for optimizer_class in (SGD, torch.optim.SGD):
        parameter = start.clone().requires_grad_()
        optimizer = optimizer_class([parameter], lr=lr)
        for _ in range(steps):
            optimizer.zero_grad()
            (parameter**2).sum().backward()
            optimizer.step()
        ends.append(parameter.detach())
    assert torch.equal(*ends) or not ends[0].isfinite().all()
