"""SGD, by hand and as the project uses torch.optim, against torch.optim's own."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import byhand.autograd.sgd
import byhand.autograd.softmax
import byhand.scratch.sgd
import byhand.scratch.softmax
import byhand.torch.sgd
import byhand.torch.softmax
from tests.strategies import DTYPES, SEEDS

SIZES = [4, 3]


@given(
    dtype=DTYPES,
    seed=SEEDS,
    lr=st.floats(1e-6, 0.5),  # longer steps amplify the rounding of either
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    schedule=st.sampled_from(["constant", "cosine"]),
    epochs=st.integers(1, 5),
    weight_decay=st.sampled_from([0.0, 1e-3, 0.5]),
)
def test_steps_are_torchs(dtype, seed, lr, momentum, schedule, epochs, weight_decay):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(5, 4, dtype=dtype, generator=generator)
    targets = torch.randint(3, (5,), generator=generator)
    start = [
        torch.randn(3, 4, generator=generator),
        torch.randn(3, generator=generator),
    ]

    expected = nn.Linear(*SIZES, dtype=dtype)
    fill(expected, start)
    settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
    optimizer = torch.optim.SGD(expected.parameters(), **settings)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for _ in range(2):
            optimizer.zero_grad()
            nn.functional.cross_entropy(expected(features), targets).backward()
            optimizer.step()
        if schedule == "cosine":
            scheduler.step()

    for way in (byhand.scratch, byhand.autograd, byhand.torch):
        model = way.softmax.Softmax(SIZES, 0.5, dtype, generator)
        fill(model, start)
        ours = way.sgd.SGD(model, **settings, schedule=schedule, epochs=epochs)
        for _ in range(epochs):
            for _ in range(2):
                ours.step(features, targets)
            ours.end_epoch()
        for (_, parameter), theirs in zip(
            model.named_parameters(), expected.parameters(), strict=True
        ):
            torch.testing.assert_close(parameter.detach(), theirs.detach())


def fill(model, values):
    for (_, parameter), value in zip(model.named_parameters(), values, strict=True):
        parameter.data.copy_(value)


def test_steps_with_momentum_on_paper():
    """With gradients 1, velocities are 1, 1.5, 1.75; half of each is the step."""

    class Slope:
        value = torch.zeros(1)

        def named_parameters(self):
            return [("value", self.value)]

        def learn(self, features, targets):
            return torch.zeros(()), torch.zeros(1, 1), [torch.ones(1)]

    model = Slope()
    optimizer = byhand.scratch.sgd.SGD(model, lr=0.5, momentum=0.5)
    seen = []
    for _ in range(3):
        optimizer.step(None, None)
        seen.append(model.value.item())
    assert seen == [-0.5, -1.25, -2.125]


def test_a_cosine_is_whole_at_first_half_midway_and_nothing_at_the_end():
    rates = [byhand.scratch.sgd.cosine(0.2, epoch, 10) for epoch in (0, 5, 10)]
    assert rates == pytest.approx([0.2, 0.1, 0])
