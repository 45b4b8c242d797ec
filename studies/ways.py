"""Train a model in every way of our loop, from the same weights and batches: do they agree?"""

from pathlib import Path

from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.epoch import Epoch
from byhand.training.rooms import ways_of_our_loop
from byhand.training.start import start


def main(name: str) -> None:
    seed = load_params("seed", Seed)
    block, dataset = load_model_and_data(name, seed)
    losses = {"epoch": range(1, block.epochs + 1)}
    for how in ways_of_our_loop(block.kind):
        _, train = start(block.model_copy(update={"how": how}), dataset, seed)
        epochs: list[Epoch] = []
        train(epochs.append)
        losses[how] = [epoch.train_loss for epoch in epochs]
    path = Path(f"plots/ways/{name}.csv")
    write_csv(path, losses, zip(*losses.values(), strict=True))
