"""Three ways to the same perceptron: what each takes of code and of time. Chapter 9."""

from pathlib import Path

from stages.pages.source import lines_of_code
from stages.pipeline.files import read_json

# the three ways to train it: its model, its row in the benchmark, and what the code is
LOOP = ["training/loop.py", "training/batches.py"]
PERCEPTRONS = {
    "by hand": (
        "mlp_fashion_scratch",
        "our loop, by hand",
        ["scratch/softmax_regression.py", "scratch/mlp.py", "scratch/sgd.py", *LOOP],
    ),
    "by torch.nn": (
        "mlp_fashion_torch",
        "our loop, torch.nn",
        ["concise/softmax_regression.py", "concise/mlp.py", "concise/sgd.py", *LOOP],
    ),
    "by transformers’ Trainer": (
        "mlp_fashion_trainer",
        "transformers' Trainer",
        [
            "concise/softmax_regression.py",
            "concise/mlp.py",
            "concise/pretrained.py",
            "training/trainer.py",
        ],
    ),
}


def three_ways() -> dict:
    """Return, of each way to train the perceptron, its code's length and an epoch's seconds."""
    speed = read_json(Path("docs/speed.json"))
    (seconds,) = (
        group["values"]
        for group in speed["groups"]
        if group["title"].startswith("an epoch of the perceptron")
        and group["title"].endswith("on cpu")
    )
    ways = [
        {
            "way": way,
            "model": model,
            "seconds": seconds[row],
            "lines": sum(lines_of_code(Path("stages", name)) for name in names),
        }
        for way, (model, row, names) in PERCEPTRONS.items()
    ]
    return {"ways": ways, "machine": speed["machine"]}
