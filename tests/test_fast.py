"""ARITHMETIC=fast: the same results but for the last digits, by other products."""

import json
import os
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from stages.pipeline.arithmetic import AVX2, keep_to_avx2
from stages.pipeline.errors import UserError
from stages.training.device import reproducible_device
from stages.training.fast import product
from tests.project import PLAIN, ROOT

EDGE = st.integers(0, 40)


@given(rows=EDGE, between=EDGE, columns=EDGE, dtype=st.sampled_from(["32", "64"]))
def test_products_are_those_of_pytorch(rows, between, columns, dtype):
    torch.manual_seed(0)
    dtype = getattr(torch, f"float{dtype}")
    left = torch.rand(rows, between, dtype=dtype)
    right = torch.rand(columns, between, dtype=dtype)
    assert_close(product(left, right.T), left @ right.T)
    assert_close(product(left.T.contiguous().T, right.T.contiguous()), left @ right.T)


TRAIN = """
import json, torch
from stages.pipeline.arithmetic import keep_to_avx2
keep_to_avx2()
from stages.training.device import reproducible_device
reproducible_device(threads=1)
from stages.scratch.mlp import MLP
from stages.scratch.sgd import SGD
generator = torch.Generator().manual_seed(0)
model = MLP([784, 256, 10], 0.1, generator=generator)
optimizer = SGD(model, 0.1)
images = torch.rand(256, 784, generator=generator)
targets = torch.randint(10, (256,), generator=generator)
losses = [optimizer.step(images, targets)[0].item() for _ in range(20)]
with torch.profiler.profile() as profile:
    images @ images.T
names = [event.key for event in profile.key_averages()]
print(json.dumps([losses, any("mkldnn" in name for name in names)]))
"""


def test_a_perceptron_is_trained_by_them_and_comes_to_the_same():
    unbound = {name: value for name, value in PLAIN.items() if name not in AVX2}
    outcomes = {}
    for arithmetic in ("", "fast"):
        output = subprocess.check_output(
            [sys.executable, "-c", TRAIN],
            env=unbound | {"PYTHONPATH": str(ROOT), "ARITHMETIC": arithmetic},
        )
        outcomes[arithmetic] = json.loads(output.splitlines()[-1])
    (losses, by_onednn), (fast_losses, fast_by_onednn) = outcomes.values()
    assert (by_onednn, fast_by_onednn) == (False, True)
    assert fast_losses == pytest.approx(losses, rel=1e-4)
    assert losses[-1] < losses[0] / 2


def test_any_other_word_is_refused(monkeypatch):
    monkeypatch.setenv("ARITHMETIC", "quick")
    with pytest.raises(UserError, match="ARITHMETIC must be fast or not set"):
        reproducible_device()


@pytest.mark.skipif("MKL_CBWR" not in os.environ, reason="no AVX2")
@pytest.mark.parametrize("arithmetic", ["", "fast"])
def test_the_processor_is_held_back_or_not(monkeypatch, arithmetic):
    monkeypatch.setenv("ARITHMETIC", arithmetic)
    for name in AVX2:
        monkeypatch.delenv(name)
    keep_to_avx2()
    held = {name for name in AVX2 if name in os.environ}
    assert held == (set() if arithmetic else AVX2.keys())
