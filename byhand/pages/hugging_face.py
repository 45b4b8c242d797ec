"""Chapter 9: one perceptron, trained in three ways; their lines of code and seconds."""

import fnmatch
from typing import Any

from byhand.pages.source import lines_of_code

LOOP = ["training/loop.py", "training/batches.py"]
SCRATCH = ["scratch/softmax_regression.py", "scratch/mlp.py", "scratch/sgd.py", *LOOP]
TORCH = ["torch/mlp.py", "torch/sgd.py", *LOOP]
PARTS = [f"loop.py#{name}" for name in ("Tally", "measure", "accuracy", "predict")]
PARTS += ["descent.py#by_a_library", "batches.py#as_input"]
TRAINER = ["trainer/mlp.py", "trainer/descent.py"]
TRAINER += [f"training/{part}" for part in PARTS]
# a way, its `how` in params.yaml, its row in the benchmark, its code
PERCEPTRONS = [
    ("by hand", "scratch", "our loop, by hand", SCRATCH),
    ("by torch.nn", "torch", "our loop, torch.nn", TORCH),
    ("by transformers’ Trainer", "trainer", "transformers' Trainer", TRAINER),
]


def chapter(speed: dict[str, Any]) -> tuple[dict, dict]:
    """Return each way's lines of code and seconds per epoch; no charts.

    speed: docs/speed.json, as `make bench` measures it.
    """
    groups = {group["title"]: group["values"] for group in speed["groups"]}
    (title,) = fnmatch.filter(groups, "an epoch of the perceptron*on cpu")
    seconds = groups[title]
    ways = []
    for way, how, row, files in PERCEPTRONS:
        figures = {"seconds": seconds[row], "lines": sum(map(lines_of_code, files))}
        ways.append({"way": way, "model": f"mlp_fashion_{how}", **figures})
    return {"hugging_face": {"ways": ways, "machine": speed["machine"]}}, {}
