"""Several processes train a model as one does: for real, each in a folder of its own."""

import itertools
import logging
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import yaml

from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_arrays, read_json
from byhand.training.kinds.mlp import MLP
from byhand.training.ranks import met
from tests.own_data import write_idx
from tests.project import PLAIN, ROOT
from tests.test_models import COMMON

ROWS = 103  # the last batch of 16 has 7 rows, and ranks have 4 and 3 of them, or 3, 2 and 2
COMMON_BLOCK = {
    "data": "data",
    "recipe": "train",
    "batch_size": 16,
    "dtype": "float64",
    "shuffle": True,
    "drop_last": False,
}
KINDS = {
    "softmax": {"init_std": 0.1},
    "mlp": {"init_std": 0.1, "hidden": [8]},
    "lenet": {"activation": "relu", "init": "he"},
}
MODELS = {
    f"{kind}_{how}": {"kind": kind, "how": how} | settings | COMMON_BLOCK
    for kind, settings in KINDS.items()
    for how in ("scratch", "autograd", "torch")
    if (kind, how) != ("lenet", "autograd")
}
TRAIN_ONE = ["-m", "stages", "train", "mlp_torch"]
TRAIN = {"lr": 0.05, "epochs": 3, "momentum": 0.9, "schedule": "cosine"}
TRAIN |= {"weight_decay": 0.001, "patience": 0, "validation_fraction": 0.0}


def a_machine(folder, **changes):
    """Return a folder with data and parameters, as another machine has them, too."""
    generator = np.random.default_rng(0)
    for part, rows in (("train", ROWS), ("t10k", 20)):
        images = generator.integers(256, size=(rows, 12, 12), dtype=np.uint8)
        targets = generator.integers(4, size=rows, dtype=np.uint8)
        write_idx(folder / f"data/{part}-images-idx3-ubyte", images)
        write_idx(folder / f"data/{part}-labels-idx1-ubyte", targets)
    params = {"seed": 0, "train": TRAIN, "models": MODELS} | changes
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    return folder


ALL_OF_THEM = """
import os, sys
from stages import train
for word in sys.argv[1:]:
    name, os.environ["MASTER_PORT"] = word.split(":")
    train.main(name)
"""


STARTED = []


@pytest.fixture(autouse=True)
def none_is_left():
    """End what a test that failed has not waited for."""
    yield
    while STARTED:
        STARTED.pop().kill()


def start(folder, *command, within=(), **variables):
    """Start a Python with a command line of its own."""
    environment = {"PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo", "THREADS": "1"}
    process = subprocess.Popen(
        [*within, sys.executable, *command],
        cwd=folder,
        env=PLAIN | environment | variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    STARTED.append(process)
    return process


# of this process, below those that the system hands out; each meeting has its own
PORTS = itertools.count(20_000 + os.getpid() % 100 * 100)


def with_ports(names):
    """Return words for ALL_OF_THEM: each model is trained by ranks that meet anew."""
    return [f"{name}:{next(PORTS)}" for name in names]


def start_ranks(folders, *command):
    """Start a rank in each folder, on this machine."""
    variables = {
        "WORLD_SIZE": str(len(folders)),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(next(PORTS)),
        "RANKS_TIMEOUT": "60",
    }
    return [
        start(folder, *command, RANK=str(rank), **variables)
        for rank, folder in enumerate(folders)
    ]


def ends(processes):
    """Return each process's exit status and what it said."""
    said = [process.communicate(timeout=120)[1] for process in processes]
    return [(p.returncode, text) for p, text in zip(processes, said, strict=True)]


def last_lines(processes):
    """Return what each said last, once all have failed."""
    outcomes = ends(processes)
    assert [status for status, _ in outcomes] == [1] * len(outcomes), outcomes
    assert not any("Traceback" in said for _, said in outcomes)
    return [said.splitlines()[-1] for _, said in outcomes]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What one process makes of each model."""
    folder = a_machine(tmp_path_factory.mktemp("alone"))
    assert ends([start(folder, "-c", ALL_OF_THEM, *with_ports(MODELS))])[0][0] == 0
    return folder


@pytest.fixture
def machines(tmp_path):
    """Return so many machines."""
    return lambda count: [a_machine(tmp_path / f"{rank}") for rank in range(count)]


@pytest.mark.parametrize("world", [2, 3])
def test_they_end_where_one_does(alone, machines, world):
    folders = machines(world)
    outcomes = ends(start_ranks(folders, "-c", ALL_OF_THEM, *with_ports(MODELS)))
    assert [status for status, _ in outcomes] == [0] * world, outcomes
    for name in MODELS:
        model, metrics = f"models/{name}.safetensors", f"metrics/train/{name}.json"
        one, joint = read_arrays(alone / model), read_arrays(folders[0] / model)
        for key, values in one.items():
            np.testing.assert_allclose(joint[key], values, rtol=0, atol=1e-12)
        of_one, of_all = read_json(alone / metrics), read_json(folders[0] / metrics)
        assert of_all == pytest.approx(of_one, rel=1e-12)
    for folder in folders[1:]:
        assert not (folder / "models").exists()  # rank 0 alone writes
        assert not (folder / "metrics").exists()


def test_torchrun_starts_them_and_they_repeat_to_the_byte(machines):
    written = []
    for folder in machines(2):
        name = "mlp_scratch"
        subprocess.run(
            [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
            + ["--master-port", str(next(PORTS)), "-m", "stages", "train", name],
            cwd=folder,
            env=PLAIN | {"PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )
        written.append((folder / f"models/{name}.safetensors").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"seed": 1}, "weights"),
        ({"train": TRAIN | {"lr": 0.1}}, "settings"),
    ],
)
def test_a_rank_that_would_train_something_else_is_refused(tmp_path, changes, what):
    folders = [a_machine(tmp_path / "0"), a_machine(tmp_path / "1", **changes)]
    for line in last_lines(start_ranks(folders, *TRAIN_ONE)):
        assert f"rank 1 has other {what} than rank 0, expected the same" in line
    assert not (folders[0] / "models").exists()


def test_a_rank_that_dies_ends_the_others_and_nothing_is_touched(tmp_path):
    long = {"train": TRAIN | {"epochs": 10**6, "schedule": "constant", "lr": 1e-6}}
    folders = [a_machine(tmp_path / rank, **long) for rank in "01"]
    model = folders[0] / "models/mlp_torch.safetensors"
    model.parent.mkdir()
    model.write_bytes(b"an earlier one")
    processes = start_ranks(folders, *TRAIN_ONE)
    while "epoch 3/" not in processes[0].stderr.readline():
        assert processes[0].poll() is None
    processes[1].send_signal(signal.SIGKILL)
    (line,) = last_lines(processes[:1])
    assert "rank 0 of 2 lost the others: " in line
    assert [path.name for path in model.parent.iterdir()] == [model.name]
    assert model.read_bytes() == b"an earlier one"
    processes[1].communicate()


@pytest.mark.parametrize("rank", ["0", "1"])
def test_a_rank_that_never_comes_is_not_waited_for_forever(machines, rank):
    variables = {"WORLD_SIZE": "2", "RANK": rank, "RANKS_TIMEOUT": "1"}
    variables |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(next(PORTS))}
    (line,) = last_lines([start(*machines(1), *TRAIN_ONE, **variables)])
    assert "error: the 2 ranks of WORLD_SIZE did not meet: " in line


OF_MLP = {"kind": "mlp", "how": "torch", "hidden": [4], "dtype": "float32"}
OF_MLP["batch_size"] = 4


@pytest.mark.parametrize(
    ("variables", "changes", "message"),
    [
        ({"WORLD_SIZE": "two"}, {}, "WORLD_SIZE must be a whole number from 1 to 1024"),
        ({"WORLD_SIZE": "0"}, {}, "WORLD_SIZE must be .* got '0'"),
        ({"RANK": "2"}, {}, "RANK must be a whole number from 0 to 1, got '2'"),
        ({"RANK": ""}, {}, "RANK must be .* got ''"),
        ({"RANK": None}, {}, "RANK must be .* is not set"),
        ({"MASTER_PORT": "http"}, {}, "MASTER_PORT must be .* got 'http'"),
        ({"RANKS_TIMEOUT": "-1"}, {}, "RANKS_TIMEOUT must be .* got '-1'"),
        ({}, {"how": "trainer"}, "models.mine is by trainer"),
        ({}, {"batch_size": 34}, "needs a row a rank in every batch, .* one of 1"),
        ({}, {}, "2 ranks of WORLD_SIZE did not meet: .*MASTER_ADDR"),
    ],
)
def test_what_can_not_be_is_refused(monkeypatch, variables, changes, message):
    block = MLP(**COMMON | OF_MLP | changes)
    environment = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_PORT": "29500"} | variables
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.setattr(logging, "disable", lambda _: None)
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=message), met("mine", block, ROWS):
        pass


def test_a_network_is_all_that_they_need_to_share(alone, machines, namespaces):
    folders = machines(2)
    processes = [
        start(
            folder,
            *TRAIN_ONE,
            within=namespace.within,
            WORLD_SIZE="2",
            RANK=str(rank),
            MASTER_ADDR=namespaces[0].address,
            MASTER_PORT="29500",
            GLOO_SOCKET_IFNAME=namespace.interface,
        )
        for rank, (folder, namespace) in enumerate(zip(folders, namespaces))
    ]
    assert [status for status, _ in ends(processes)] == [0, 0]
    model = "models/mlp_torch.safetensors"
    for key, values in read_arrays(alone / model).items():
        joint = read_arrays(folders[0] / model)[key]
        np.testing.assert_allclose(joint, values, rtol=0, atol=1e-12)


RANK_ON_A_GPU = """
import sys
from types import SimpleNamespace
from byhand.pipeline.errors import UserError
from byhand.training.ranks import met
block = SimpleNamespace(kind="mlp", how="torch", last_batch=lambda rows: 4)
with met("mine", block, 4) as ranks:
    try:
        ranks.refuse_shared_gpu(sys.argv[1 + ranks.rank])
    except UserError as error:
        sys.exit(str(error))
sys.exit("each has its own")
"""


@pytest.mark.parametrize(
    ("uuids", "said"),
    [
        (["GPU-1", "GPU-2"], "each has its own"),
        (
            ["GPU-1", "GPU-1"],
            "ranks 0 and 1 compute on the same GPU, expected one each",
        ),
    ],
)
def test_two_ranks_on_one_gpu_are_refused(machines, uuids, said):
    lines = last_lines(start_ranks(machines(2), "-c", RANK_ON_A_GPU, *uuids))
    assert all(line.startswith(said) for line in lines)
    assert len(lines) == 2
