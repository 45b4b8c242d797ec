"""Train a model on a part of its training rows, and measure it on the others.

Settings are chosen by this: the test set has no say. The rows lie as the data has them, in no
order of their classes, one hopes; the first split.train_rate of them train.
"""

from contextlib import suppress
from pathlib import Path

from stages.datasets.folder import Part, read_dataset
from stages.datasets.settings import Split
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_json
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import GradientModel, load_model
from stages.training.descent import start


def main(name: str) -> None:
    block = load_model(name)
    if not isinstance(block, GradientModel):
        raise UserError(f"validate is for models by gradient descent, {name} is none")
    dataset = read_dataset(block.data, block.standardize)
    rows = int(load_params("split", Split).train_rate * len(dataset.train.targets))
    train, validation = (
        Part(*(array[part] for array in dataset.train))
        for part in (slice(rows), slice(rows, None))
    )
    dataset = dataset._replace(train=train, test=validation)
    block.check(name, dataset.shape, dataset.train_rows)
    _, epochs = start(block, dataset, load_params("seed", Seed))
    accuracy = (
        0.0  # of a model whose training diverges, too: a search keeps away from it
    )
    with suppress(UserError):
        *_, last = epochs
        accuracy = last.test_acc
    write_json(
        Path(f"metrics/validation/{name}.json"),
        {"accuracy": accuracy, "rows": len(validation.targets)},
    )
