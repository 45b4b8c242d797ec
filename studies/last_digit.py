"""Train a model twice, one weight differing in its last digit, to see how far they part.

Both runs have the same seed, batches and arithmetic. The weight is the largest of the first
layer: another might lead to a unit that is never above 0, and so to nothing.
"""

from itertools import chain
from pathlib import Path

from byhand.evaluation.settings import Studies
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.descent import start


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    runs = []
    for nudge in (0, load_params("studies", Studies).nudge):
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
