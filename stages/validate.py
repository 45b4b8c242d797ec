"""Train a model on a part of its training rows, and measure it on the others.

Settings are chosen by this: the test set has no say. The rows lie as the data has them, the
first split.train_rate of them train.
"""

from pathlib import Path

from stages.datasets.folder import Part, read_dataset
from stages.datasets.settings import Split
from stages.pipeline.files import write_json
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import load_model
from stages.training.descent import start


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize)
    rows = int(load_params("split", Split).train_rate * len(dataset.train.targets))
    train, validation = (
        Part(*(array[part] for array in dataset.train))
        for part in (slice(rows), slice(rows, None))
    )
    dataset = dataset._replace(train=train, test=validation)
    block.check(name, dataset.shape, dataset.train_rows)
    _, epochs = start(block, dataset, load_params("seed", Seed))
    *_, last = epochs
    write_json(
        Path(f"metrics/validation/{name}.json"),
        {"accuracy": last.test_acc, "rows": len(validation.targets)},
    )
