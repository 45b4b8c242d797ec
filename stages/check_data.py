"""Check that a model's data can be read and suits it, before DVC removes what it wrote last."""

from pathlib import Path

from stages.datasets.folder import read_dataset
from stages.pipeline.files import write_bytes
from stages.training.blocks import load_model


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize)
    block.check(name, dataset.shape, dataset.train_rows)
    write_bytes(
        Path(f"data/checked/{name}.txt"), b"the data is as its model needs it\n"
    )
