"""Train a model in every way of our loop, from the same weights and batches: do they agree?"""

from pathlib import Path

from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.descent import start
from byhand.training.ranks import BY_OUR_LOOP


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    losses = {"epoch": range(1, block.epochs + 1)}
    for how in BY_OUR_LOOP:
        way = block.model_copy(update={"how": how})
        _, epochs = start(way, dataset, load_params("seed", Seed))
        losses[how] = [epoch.train_loss for epoch in epochs]
    path = Path(f"plots/ways/{name}.csv")
    write_csv(path, losses, zip(*losses.values(), strict=True))
