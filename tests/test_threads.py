"""Models that share their work among threads give the same bytes, whatever their number."""

import itertools
import os

import numpy as np
import pytest
import torch

from byhand.datasets.folder import Dataset, Part
from byhand.training import models, rooms
from byhand.training.device import reproducible_device
from byhand.training.kinds.lenet import LeNet
from byhand.training.kinds.mlp import MLP
from byhand.training.kinds.softmax import Softmax
from byhand.training.start import start
from tests.test_models import COMMON

CPU = torch.device("cpu")
LENET = {"kind": "lenet", "activation": "relu", "init": "he"}
COMMON_OF_LENET = {k: v for k, v in COMMON.items() if k != "init_std"}


def block(kind, how, dtype="float32"):
    own = {"how": how, "dtype": dtype}
    if kind == "lenet":
        return LeNet(**COMMON_OF_LENET, **LENET, **own)
    if kind == "softmax":
        return Softmax(**COMMON, **own, kind=kind)
    return MLP(**COMMON, **own, kind=kind, hidden=[256])


def trained(block, threads):
    """Return a model's parameters after three steps on Fashion-MNIST's shapes."""
    generator = torch.Generator().manual_seed(0)
    model = models.build(block, (1, 28, 28), 10, CPU, generator)
    optimizer = rooms.find(block.how, "sgd")(model, block.lr, block.momentum)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for _ in range(3):
            images = torch.rand(256, 1, 28, 28, generator=generator)
            targets = torch.randint(10, (256,), generator=generator)
            optimizer.step(images, targets)
    finally:
        torch.set_num_threads(before)
    return [parameter.detach() for _, parameter in model.named_parameters()]


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        *itertools.product(("softmax", "mlp"), ("scratch", "autograd", "torch")),
        ("lenet", "scratch"),
    ],
)
@pytest.mark.parametrize("threads", [2, 3])
def test_their_number_changes_no_byte(kind, how, threads):
    model = block(kind, how)
    if model.threads is not None:
        pytest.skip(f"runs on {model.threads} threads")
    one, more = trained(model, 1), trained(model, threads)
    assert all(torch.equal(a, b) for a, b in zip(one, more, strict=True))


@pytest.mark.parametrize("threads", [2, 3])
def test_nor_does_it_by_the_trainer(monkeypatch, threads):
    generator = np.random.default_rng(0)
    images = generator.integers(256, size=(600, 1, 28, 28), dtype=np.uint8)
    part = Part(images, generator.integers(10, size=600))
    dataset = Dataset(part, part, [*"0123456789"], [])
    by_trainer = block("mlp", "trainer").model_copy(update={"batch_size": 256})
    assert by_trainer.threads is None
    parameters = []
    before = torch.get_num_threads()
    try:
        for number in (1, threads):
            monkeypatch.setenv("THREADS", str(number))
            model, train = start(by_trainer, dataset, seed=0)
            train()
            parameters.append([p.detach() for p in model.parameters()])
    finally:
        torch.set_num_threads(before)
        torch.set_deterministic_debug_mode("default")
    assert all(torch.equal(a, b) for a, b in zip(*parameters, strict=True))


def test_who_does_not_has_a_number_of_its_own(monkeypatch):
    assert block("lenet", "torch").threads == 2
    assert block("mlp", "scratch", "float64").threads == 1
    monkeypatch.delenv("THREADS", raising=False)
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            reproducible_device(threads)
            assert torch.get_num_threads() == threads
        reproducible_device(threads=None)
        assert torch.get_num_threads() == min(os.cpu_count(), 4)
        monkeypatch.setenv("THREADS", "1")
        reproducible_device(threads=None)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
        torch.set_deterministic_debug_mode("default")
