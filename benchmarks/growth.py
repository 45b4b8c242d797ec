"""How time and memory grow with rows and epochs: they must not grow faster than linearly."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.measure import Group
from byhand.datasets.fashion_mnist import SHA256

MODELS = ["softmax_fashion_torch", "mlp_fashion_scratch"]
# run in a process of its own: prints the seconds and the peak of its memory in kB, both
# above those of importing torch
TRAIN = """
from byhand.pipeline.outputs import keep_to_avx2
keep_to_avx2()
import sys, time, torch
from stages.train import main
def peak():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
before, start = peak(), time.perf_counter()
main(sys.argv[1])
print(time.perf_counter() - start, peak() - before)
"""
CASES = {
    "1 × rows, 1 epoch": (1, 1),
    "4 × rows, 1 epoch": (4, 1),
    "16 × rows, 1 epoch": (16, 1),
    "1 × rows, 4 epochs": (1, 4),
}


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Run the stage train on Fashion-MNIST's training rows, repeated."""
    with TemporaryDirectory() as folder:
        projects = {case: Path(folder) / str(i) for i, case in enumerate(CASES)}
        for case, project in projects.items():
            make_project(root, project, *CASES[case])
        for model in MODELS:
            runs = {case: [] for case in CASES}
            for _ in range(rounds):
                for case, project in projects.items():
                    runs[case].append(train(root, model, project))
            for unit, index in [("s", 0), ("MB", 1)]:
                yield Group(
                    f"train {model}, above `import torch`",
                    unit,
                    {
                        case: statistics.median(run[index] for run in runs[case])
                        for case in CASES
                    },
                    next(iter(CASES)),
                    ratio="times as much as",
                )


def train(root: Path, model: str, project: Path) -> tuple[float, float]:
    """Return the seconds and the MB of a training in a process of its own."""
    output = subprocess.check_output(
        [sys.executable, "-c", TRAIN, model],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(root)},
        stderr=subprocess.DEVNULL,
    )
    seconds, kilobytes = output.split()
    return float(seconds), int(kilobytes) / 1024


def make_project(root: Path, project: Path, times: int, epochs: int) -> None:
    """Make a folder with params.yaml and Fashion-MNIST's training rows that many times."""
    raw = project / "data/FashionMNIST/raw"
    raw.mkdir(parents=True)
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["train"]["epochs"] = epochs
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    for name in SHA256:
        content = (root / "data/FashionMNIST/raw" / name).read_bytes()
        if name.startswith("train"):
            header = 16 if "images" in name else 8
            rows = int.from_bytes(content[4:8], "big") * times
            content = (
                content[:4]
                + rows.to_bytes(4, "big")
                + content[8:header]
                + content[header:] * times
            )
        (raw / name).write_bytes(content)
