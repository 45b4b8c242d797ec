"""Train a model at several learning rates, with its rows as they lie and shuffled.

A small rate does not arrive within the epochs, a large one overshoots. Where training
diverges, its rows end. Every run has the same seed, and so the same initial weights.
"""

from contextlib import suppress
from pathlib import Path

from byhand.evaluation.settings import Studies
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.epoch import Epoch
from byhand.training.start import start


def main(name: str) -> None:
    seed = load_params("seed", Seed)
    block, dataset = load_model_and_data(name, seed)
    rows = []
    for lr in load_params("studies", Studies).learning_rates:
        for shuffle in (False, True):
            variation = block.model_copy(update={"lr": lr, "shuffle": shuffle})
            _, train = start(variation, dataset, seed)
            epochs: list[Epoch] = []
            with suppress(UserError):  # it diverged
                train(epochs.append)
            rows += ((lr, shuffle, *epoch[:4]) for epoch in epochs)
    write_csv(
        Path(f"plots/learning_rates/{name}.csv"),
        ["lr", "shuffle", "epoch", "train_loss", "train_acc", "test_acc"],
        rows,
    )
