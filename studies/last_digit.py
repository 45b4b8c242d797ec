"""Train a model twice, one weight differing in its last digit, to see how far they part.

Both runs have the same seed, batches and arithmetic. The weight is the largest of the first
layer: another might lead to a unit that is never above 0, and so to nothing.
"""

from pathlib import Path

from byhand.evaluation.settings import Studies
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.epoch import Epoch
from byhand.training.start import start


def main(name: str) -> None:
    seed = load_params("seed", Seed)
    block, dataset = load_model_and_data(name, seed)
    runs: list[list[Epoch]] = []
    for nudge in (0, load_params("studies", Studies).nudge):
        model, train = start(block, dataset, seed)
        _, weight = next(iter(model.named_parameters()))
        weight.data.view(-1)[weight.argmax()] += nudge
        runs.append([])
        train(runs[-1].append)
    figures = ["train_loss", "train_acc", "test_acc"]
    write_csv(
        Path(f"plots/last_digit/{name}.csv"),
        ["epoch", *figures, *(f"nudged_{figure}" for figure in figures)],
        (one[:4] + other[1:4] for one, other in zip(*runs, strict=True)),
    )
