"""Train a model in every way there is, from the same weights and batches: do they agree?"""

from pathlib import Path

from stages.datasets.folder import read_dataset
from stages.pipeline.files import write_csv
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import load_model
from stages.training.descent import start
from stages.training.models import MODELS


def main(name: str) -> None:
    block, seed = load_model(name), load_params("seed", Seed)
    dataset = read_dataset(block.data, block.standardize)
    losses = {"epoch": range(1, block.epochs + 1)}
    for kind, how in MODELS:
        if kind == block.kind:
            _, epochs = start(block.model_copy(update={"how": how}), dataset, seed)
            losses[how] = [epoch.train_loss for epoch in epochs]
    path = Path(f"plots/ways/{name}.csv")
    write_csv(path, losses, zip(*losses.values(), strict=True))
