"""SGD, by hand and as the project uses torch.optim, against torch.optim's own."""

import subprocess
import sys

import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import DTYPES, SEEDS
from torch import nn

import concise.models
import concise.sgd
import scratch.sgd
from scratch.softmax_regression import SoftmaxRegression

SIZES = [4, 3]


@given(DTYPES, SEEDS, st.floats(1e-6, 10), st.integers(1, 5))
def test_steps_are_torchs(dtype, seed, lr, steps):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(5, 4, dtype=dtype, generator=generator)
    targets = torch.randint(3, (5,), generator=generator)
    start = SoftmaxRegression(SIZES, 0.5, dtype, generator).parameters()

    expected = nn.Linear(*SIZES, dtype=dtype)
    fill(expected, start)
    optimizer = torch.optim.SGD(expected.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(expected(features), targets).backward()
        optimizer.step()

    for make_model, optimizer_class in [
        (SoftmaxRegression, scratch.sgd.SGD),
        (concise.models.softmax_regression, concise.sgd.SGD),
    ]:
        model = make_model(SIZES, 0.5, dtype, generator)
        fill(model, start)
        optimizer = optimizer_class(model, lr)
        for _ in range(steps):
            optimizer.step(features, targets)
        for ours, theirs in zip(model.parameters(), expected.parameters(), strict=True):
            torch.testing.assert_close(ours.detach(), theirs.detach())


def fill(model, values):
    for parameter, value in zip(model.parameters(), values, strict=True):
        parameter.data.copy_(value)


def test_a_step_of_torch_optim_does_not_import_the_machinery_of_torch_compile():
    script = """
import sys
import torch
import concise.models, concise.sgd
model = concise.models.mlp([3, 4, 2], 0.1, torch.float32, torch.Generator())
concise.sgd.SGD(model, 0.1).step(torch.rand(5, 3), torch.ones(5, dtype=torch.int64))
sys.exit("torch._dynamo" in sys.modules)
"""
    paths = {"PYTHONPATH": "stages"}
    result = subprocess.run([sys.executable, "-c", script], env=paths, check=False)
    assert result.returncode == 0
