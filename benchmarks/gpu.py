"""Training on a GPU, with and without replaying, beside JAX on the same card.

Without a GPU it measures nothing. See byhand/training/replay.py.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import torch
from torch.autograd import DeviceType
from torch.profiler import profile

from benchmarks.measure import Group, in_turn
from benchmarks.ours import our_loop
from benchmarks.peers.epochs import BATCH_SIZE, SIZES
from benchmarks.peers.rows import start_on_gpu
from benchmarks.products import ROWS, matrix_products
from benchmarks.training import OURS, WAYS, Epoch, by_trainer, lenet, loader_loop
from byhand.datasets.folder import read_dataset
from byhand.training.device import reproducible_device
from byhand.training.models import find

LAUNCHED = "each operation launched from Python"
STAGES = ["mlp_fashion_scratch", "lenet_fashion_scratch"]
START = "import torch; torch.zeros(1, device='cuda').item()"


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Measure epochs of Fashion-MNIST, the kernels of a step, and whole stages."""
    if not torch.cuda.is_available():
        print("there is no GPU: its rows are left out\n")
        return
    on_gpu = {"DEVICE": os.environ.get("DEVICE", "cuda"), "REPLAY": "1"}
    with patch.dict(os.environ, on_gpu):  # for this part alone
        yield from groups_on_gpu(root, rounds)


def groups_on_gpu(root: Path, rounds: int) -> Iterator[Group]:
    """Measure the same; DEVICE is a GPU."""
    device, card = reproducible_device(), torch.cuda.get_device_name()
    dataset = read_dataset(root / "data/FashionMNIST/raw")
    train_set = tuple(torch.from_numpy(array).to(device) for array in dataset.train)
    peers = start_on_gpu(root)
    for kind, sizes in SIZES.items():
        rows = {"matrix products": matrix_products(sizes, BATCH_SIZE, device)}
        for name, models in OURS.items():
            rows |= with_and_without(name, *models[kind], sizes, train_set)
        rows["transformers' Trainer"] = by_trainer(sizes, train_set)
        rows["DataLoader"] = loader_loop(root, sizes, 0, device)
        rows |= {peer.name: partial(peer.epoch, kind) for peer in peers}
        yield Group(
            f"an epoch of {kind} {'-'.join(map(str, sizes))} on {card}",
            "s",
            in_turn(rows, rounds),
            reference=peers[0].name if peers else "DataLoader",
            floor="matrix products",
        )
    for peer in peers:
        peer.stop()

    rows = {}
    for way in ("scratch", "torch"):
        models = lenet(way), find(way, "sgd")
        rows |= with_and_without(WAYS[way], *models, [], train_set)
    yield Group(
        f"an epoch of LeNet on {card}",
        "s",
        in_turn(rows, rounds),
        reference=f"{WAYS['scratch']}, {LAUNCHED}",
    )

    models = OURS[WAYS["scratch"]]["the perceptron"]
    epoch = our_loop(*models, SIZES["the perceptron"], train_set, torch.float32)
    yield from kernels(f"a step of the perceptron by hand on {card}", epoch)

    with TemporaryDirectory() as folder:
        project = make_project(root, Path(folder))
        for model in STAGES:
            rows = {
                "`import torch` and CUDA's start alone": start_cuda,
                "replayed": partial(train, root, project, model, "1"),
                LAUNCHED: partial(train, root, project, model, "0"),
            }
            yield Group(
                f"`python -m stages train {model}` on {card}",
                "s",
                in_turn(rows, rounds),
                reference=LAUNCHED,
            )


def with_and_without(name: str, *models) -> dict[str, Epoch]:
    """Return a row of our loop whose steps are replayed, and one whose steps are not."""
    rows = {}
    for replay, full_name in (("1", name), ("0", f"{name}, {LAUNCHED}")):
        epoch = rows[full_name] = our_loop(*models, torch.float32)
        with patch.dict(os.environ, REPLAY=replay):  # read when the first epoch starts
            for _ in range(3):  # in the third, the short last batch is recorded
                epoch()
    return rows


def kernels(title: str, epoch: Epoch) -> Iterator[Group]:
    """Measure what the GPU does in a step: how often each kernel runs, and how long in all."""
    with profile():  # it sees the kernels of graphs that are recorded after its start
        for _ in range(3):
            epoch()
    steps = -(-ROWS // BATCH_SIZE)
    with profile() as profiled:
        epoch()
    events = [e for e in profiled.key_averages() if e.device_type == DeviceType.CUDA]
    events.sort(key=lambda event: -event.self_device_time_total)
    each: Counter[str] = Counter()
    for event in events:
        if event.count >= steps - 1:  # those of a step
            name = event.key.replace("at::native::", "").replace("|", " ")[:100]
            each[f"{event.count / steps:.0f} × {name}"] += (
                event.self_device_time_total / steps
            )
    if each:
        yield Group(title, "µs", {"all": each.total()} | each, "all", "share of")
    else:
        print("the kernels of a step are left out: the profiler does not see them\n")


def make_project(root: Path, project: Path) -> Path:
    """Make a folder with params.yaml and the data, to train in, and return it."""
    shutil.copy(root / "params.yaml", project)
    (project / "data").symlink_to(root / "data")
    return project


def start_cuda() -> None:
    """Import PyTorch and start CUDA, in a process of its own."""
    subprocess.run([sys.executable, "-c", START], check=True)


def train(root: Path, project: Path, model: str, replay: str) -> None:
    """Run the stage train in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "stages", "train", model],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(root), "REPLAY": replay},
        stderr=subprocess.DEVNULL,
        check=True,
    )
