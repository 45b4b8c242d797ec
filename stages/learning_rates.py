"""Train a model at several learning rates, with its rows as they lie and shuffled.

A rate too small does not arrive in ten epochs, one too large overshoots; where training
diverges, its rows end. Every run has the same seed and so the same initial weights.
"""

from contextlib import suppress
from pathlib import Path

from stages.datasets.folder import read_dataset
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_csv
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import load_model
from stages.training.descent import start

LEARNING_RATES = [0.01, 0.03, 0.1, 0.2, 0.5]


def main(name: str) -> None:
    block, seed = load_model(name), load_params("seed", Seed)
    dataset = read_dataset(block.data, block.standardize)
    rows = []
    for lr in LEARNING_RATES:
        for shuffle in (False, True):
            variation = block.model_copy(update={"lr": lr, "shuffle": shuffle})
            _, epochs = start(variation, dataset, seed)
            with suppress(UserError):  # it diverged
                rows.extend((lr, shuffle, *epoch[:4]) for epoch in epochs)
    write_csv(
        Path(f"plots/learning_rates/{name}.csv"),
        ["lr", "shuffle", "epoch", "train_loss", "train_acc", "test_acc"],
        rows,
    )
