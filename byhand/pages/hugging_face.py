"""Chapter 9: one perceptron, trained in three ways; their lines of code and seconds."""

import fnmatch
from typing import Any

from byhand.pages.source import lines_of_code

LOOP = ["training/loop.py", "training/batches.py"]
SCRATCH = ["scratch/softmax_regression.py", "scratch/mlp.py", "scratch/sgd.py", *LOOP]
TORCH = ["torch/mlp.py", "torch/sgd.py", *LOOP]
PARTS = [f"loop.py#{name}" for name in ("Tally", "measure", "accuracy", "predict")]
PARTS += ["descent.py#by_a_library", "batches.py#take", "batches.py#as_input"]
TRAINER = ["trainer/mlp.py", "trainer/descent.py"]
TRAINER += [f"training/{part}" for part in PARTS]
# a way, its `how` in params.yaml, its row in the benchmark, its code
PERCEPTRONS = [
    ("by hand", "scratch", "our loop, by hand", SCRATCH),
    ("by torch.nn", "torch", "our loop, torch.nn", TORCH),
    ("by transformers’ Trainer", "trainer", "transformers' Trainer", TRAINER),
]


def chapter(speed: dict[str, Any]) -> tuple[dict, dict]:
    """Return each way's lines of code and seconds per epoch, and what our engine takes.

    speed: docs/speed.json, as `make bench` measures it.
    """
    groups = {group["title"]: group["values"] for group in speed["groups"]}
    (title,) = fnmatch.filter(groups, "an epoch of the perceptron*on cpu")
    seconds = groups[title]
    ways = []
    for way, how, row, files in PERCEPTRONS:
        figures = {"seconds": seconds[row], "lines": sum(map(lines_of_code, files))}
        ways.append({"way": way, "model": f"mlp_fashion_{how}", **figures})
    content = {"hugging_face": {"ways": ways, "machine": speed["machine"]}}
    return content | {"engine_takes": engine_takes(speed["groups"])}, {}


def engine_takes(groups: list[dict[str, Any]]) -> list[str]:
    """Return how many times PyTorch's time our engine takes, at least and at most."""
    ratios = []
    for group in groups:
        engine, torch = (
            group["values"].get(f"our loop, {way}")
            for way in ("our engine", "torch.nn")
        )
        if engine:
            # seconds, or steps a second
            ratios.append(engine / torch if group["unit"] == "s" else torch / engine)
    return [f"{ratio:.1f}" for ratio in (min(ratios), max(ratios))]
