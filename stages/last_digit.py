"""Train a model twice, one weight of it differing in the last digit: how far they part.

Both runs have the same seed, batches and arithmetic. The weight is the largest of the first
layer: the first of all may lead to a unit that is never above 0, and so to nothing.
"""

from itertools import chain
from pathlib import Path

from stages.datasets.folder import read_dataset
from stages.pipeline.files import write_csv
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import load_model
from stages.training.descent import start

NUDGE = 1e-15


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize)
    runs = []
    for nudge in (0, NUDGE):
        model, epochs = start(block, dataset, load_params("seed", Seed))
        _, weight = next(iter(model.named_parameters()))
        weight.data.view(-1)[weight.argmax()] += nudge
        runs.append([epoch[:4] for epoch in epochs])
    figures = ["train_loss", "train_acc", "test_acc"]
    write_csv(
        Path(f"plots/last_digit/{name}.csv"),
        ["epoch", *figures, *(f"nudged_{figure}" for figure in figures)],
        (chain(one, other[1:]) for one, other in zip(*runs, strict=True)),
    )
