"""A step that is replayed gives the bytes of one that runs: on the CPU by a stand-in for CUDA
graphs, which records and replays, and for real where there is a GPU."""

import logging
import os
import random
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from byhand.training import loop, replay
from byhand.training.batches import batches
from byhand.training.device import reproducible_device
from byhand.training.loop import train
from byhand.training.ranks import JointSteps, Ranks
from byhand.training.rooms import find
from tests import recorder
from tests.project import PLAIN, ROOT

ROWS, BATCH_SIZE, EPOCHS = 103, 16, 5  # the last batch has 7 rows: recorded in epoch 3
WAYS = [
    (how, kind)
    for how in ("scratch", "autograd", "torch")
    for kind in ("softmax", "mlp", "lenet")
    if (how, kind) != ("autograd", "lenet")
]
RECIPES = {
    "plain": {},
    "momentum": {"momentum": 0.9},
    "all": {"momentum": 0.9, "schedule": "cosine", "weight_decay": 0.01},
}
GPU = pytest.param(
    "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
)
DEVICES = pytest.mark.parametrize("device", ["cpu", GPU])


@pytest.fixture(autouse=True)
def the_same_bytes_every_time(monkeypatch):
    """Set a GPU as `reproducible_device` does, for a test."""
    if not torch.cuda.is_available():
        yield
        return
    threads = torch.get_num_threads()
    monkeypatch.setenv("DEVICE", "cuda")
    reproducible_device()
    yield
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("default")


@pytest.fixture
def replayed(monkeypatch):
    """Return a function that trains, replayed or not, and counts the recordings."""
    recordings = []

    def trained(make, device, is_replayed, **settings):
        on_cpu = device == "cpu"
        record = recorder.record if on_cpu else replay.record
        with monkeypatch.context() as patch:
            patch.setattr(loop, "replays", lambda _: is_replayed)
            counted = lambda call: recordings.append(record(call)) or recordings[-1]
            patch.setattr(replay, "record", counted)
            if on_cpu:
                patch.setattr(replay, "reads_back", recorder.reads_back)
            torch.manual_seed(1)
            recordings.clear()
            return *run(make, torch.device(device), **settings), len(recordings)

    return trained


def run(make, device, shuffle=True, drop_last=False):
    """Return an epoch's figures, epoch by epoch, and the tensors at the end."""
    generator = torch.Generator().manual_seed(0)
    shape = ROWS, 1, 12, 12
    images = torch.randint(256, shape, dtype=torch.uint8, generator=generator)
    targets = torch.randint(4, (ROWS,), generator=generator)
    model, optimizer = make(device, generator)
    settings = {"shuffle": shuffle, "drop_last": drop_last, "generator": generator}
    settings |= {"batch_size": BATCH_SIZE, "epochs": EPOCHS}
    sets = (images, targets), (images[:20], targets[:20]), (images[:9], targets[:9])
    epochs = [*train(model, optimizer, *sets, **settings)]
    tensors = model.state_dict() if isinstance(model, nn.Module) else {}
    tensors |= dict(model.named_parameters())
    return epochs, [tensor.detach().cpu() for tensor in tensors.values()]


def maker(how, kind, **recipe):
    """Return what makes a model of this kind and its optimizer."""
    given = {"sizes": [144, 4], "std": 0.1}
    if kind == "mlp":
        given["sizes"] = [144, 8, 4]
    if kind == "lenet":
        given = {"shape": (1, 12, 12), "classes": 4}

    def make(device, generator):
        model = find(how, kind)(**given, generator=generator)
        for _, parameter in model.named_parameters():
            parameter.data = parameter.data.to(device)
        return model, find(how, "sgd")(model, lr=0.1, epochs=EPOCHS, **recipe)

    return make


def counting(model):
    """Let a model count its calls, as a model of one's own may."""
    model.calls = SimpleNamespace(so_far=0)
    forward = model.forward

    def counted(features):
        model.calls.so_far += 1
        return forward(features)

    model.forward = counted
    return model


@pytest.mark.parametrize("how", ["scratch", "torch"])
def test_a_model_that_counts_its_calls_is_not_replayed(replayed, caplog, how):
    caplog.set_level(logging.INFO)

    def make(device, generator):
        model, optimizer = maker(how, "mlp")(device, generator)
        counting(model)
        return model, optimizer

    plain, again = (replayed(make, "cpu", is_replayed) for is_replayed in (False, True))
    assert is_same(plain, again)
    assert "a number that is no tensor" in caplog.text


def is_same(one, other):
    epochs, tensors = one[:2]
    same = all(map(torch.equal, tensors, other[1]))
    return epochs == other[0] and same and len(tensors) == len(other[1])


@DEVICES
@pytest.mark.parametrize(("how", "kind"), WAYS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_replayed_steps_give_the_same_bytes(replayed, how, kind, recipe, device):
    make = maker(how, kind, **RECIPES[recipe])
    plain = replayed(make, device, False)
    again = replayed(make, device, True)
    assert is_same(plain, again)
    # of each batch size once; with a schedule, in each epoch
    assert again[-1] == (2 if recipe != "all" else EPOCHS + EPOCHS - 2)


@DEVICES
@pytest.mark.parametrize("drop_last", [False, True])
def test_rows_in_their_order_are_replayed_too(replayed, monkeypatch, drop_last, device):
    def as_on_a_gpu(*given, **settings):
        return (torch.as_tensor(rows) for rows in batches(*given, **settings))

    monkeypatch.setattr(loop, "batches", as_on_a_gpu)
    given = maker("scratch", "mlp"), device
    plain, again = (
        replayed(*given, is_replayed, shuffle=False, drop_last=drop_last)
        for is_replayed in (False, True)
    )
    assert is_same(plain, again)
    assert again[-1] == (1 if drop_last else 2)


@DEVICES
def test_buffers_and_dropouts_masks_are_as_if_each_step_ran(replayed, device):
    def make(device, generator):
        layers = nn.Flatten(), nn.Linear(144, 8), nn.BatchNorm1d(8), nn.Dropout()
        torch.manual_seed(0)
        model = nn.Sequential(*layers, nn.ReLU(), nn.Linear(8, 4)).to(device)
        return model, find("torch", "sgd")(model, lr=0.1)

    plain, again = (
        replayed(make, device, is_replayed) for is_replayed in (False, True)
    )
    assert is_same(plain, again)
    assert again[-1] == 2


class Clipping(find("scratch", "sgd")):
    """Cuts long gradients, and reads their length back for this."""

    def update(self):
        length = sum(gradient.square().sum() for gradient in self.gradients).sqrt()
        if length > 0.5:
            self.gradients = [g * (0.5 / length) for g in self.gradients]
        super().update()


class Slowing(find("scratch", "sgd")):
    """Counts its steps in Python."""

    taken = 0

    def update(self):
        self.taken += 1
        self.lr = 0.1 / self.taken
        super().update()


class Annealing(find("scratch", "sgd")):
    """Counts its steps deep within Python's objects."""

    state = None

    def update(self):
        self.state = self.state or {"of": [SimpleNamespace(steps=0)]}
        self.state["of"][0].steps += 1
        self.lr = 0.1
        super().update()


class Noisy(find("scratch", "sgd")):
    """Draws the length of a step."""

    def update(self):
        self.gradients = [g * random.random() for g in self.gradients]
        super().update()


@DEVICES
@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        (Annealing, "a step changes a number that is no tensor on the GPU"),
        (Noisy, "a step draws a random number on the CPU"),
        (Clipping, "a step reads a number back from the GPU"),
        (Slowing, "a step changes a number that is no tensor on the GPU"),
    ],
)
def test_a_step_that_no_graph_holds_runs_as_it_is(
    replayed, caplog, optimizer, reason, device
):
    caplog.set_level(logging.INFO)

    def make(device, generator):
        random.seed(0)
        model, _ = maker("scratch", "mlp")(device, generator)
        return model, optimizer(model, lr=0.1)

    plain = replayed(make, device, False)
    assert not caplog.records
    again = replayed(make, device, True)
    assert is_same(plain, again)
    assert again[-1] == 0
    assert caplog.messages == [f"steps are not replayed as CUDA graphs: {reason}"]


@pytest.mark.parametrize(("how", "kind"), WAYS)
def test_a_recording_that_fails_is_followed_by_steps_as_they_are(
    replayed, monkeypatch, caplog, how, kind
):
    caplog.set_level(logging.INFO)
    make = maker(how, kind, momentum=0.9)
    plain = replayed(make, "cpu", False)
    sound = recorder.record

    def fails(call):
        sound(call)
        raise RuntimeError("CUDA error: out of memory\nCompile with …")

    monkeypatch.setattr(recorder, "record", fails)
    again = replayed(make, "cpu", True)
    assert is_same(plain, again)
    reason = "CUDA error: out of memory"
    assert caplog.messages == [f"steps are not replayed as CUDA graphs: {reason}"]


def test_steps_of_several_processes_run_as_they_are(caplog):
    caplog.set_level(logging.INFO)
    _, optimizer = maker("scratch", "mlp")("cpu", None)
    taken = []
    step = replay.Replay(taken.append, JointSteps(optimizer, Ranks(0, 2)), "cpu")
    for _ in range(4):
        step(range(3))
    assert taken == [range(3)] * 4
    assert "exchange gradients in each step" in caplog.text


def test_no_line_of_it_runs_on_the_cpu():
    code = """
import sys, torch
from byhand.scratch.mlp import MLP
from byhand.scratch.sgd import SGD
from byhand.training.loop import train
model, rows = MLP([2, 2]), (torch.rand(4, 2), torch.zeros(4, dtype=torch.int64))
[*train(model, SGD(model, 0.1), rows, rows)]
sys.exit("byhand.training.replay" in sys.modules)
"""
    environment = PLAIN | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


@pytest.mark.parametrize(
    ("device", "variable", "expected"),
    [("cpu", None, False), ("cuda:1", None, True), ("cuda:0", "0", False)],
)
def test_a_gpu_replays_unless_it_is_told_not_to(
    monkeypatch, device, variable, expected
):
    monkeypatch.delenv("REPLAY", raising=False)
    if variable:
        monkeypatch.setitem(os.environ, "REPLAY", variable)
    assert loop.replays(torch.device(device)) == expected
