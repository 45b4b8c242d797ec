"""Train a model on a part of its training rows, and measure it on the others.

Settings are chosen by this: the test set has no say. The first split.train_rate of the rows
train. So the rows must not lie class by class.
"""

from contextlib import suppress
from pathlib import Path

from byhand.datasets.settings import Split
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_json
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import GradientModel, load_model_and_data
from byhand.training.descent import start


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    if not isinstance(block, GradientModel):
        raise UserError(f"validate is for models by gradient descent, {name} is none")
    train, validation = dataset.train.split(load_params("split", Split).train_rate)
    dataset = dataset._replace(train=train, test=validation)
    block.check(name, dataset.shape, dataset.train_rows)
    _, epochs = start(block, dataset, load_params("seed", Seed))
    accuracy = 0.0  # where training diverges, so that a search keeps away from there
    with suppress(UserError):
        *_, last = epochs
        accuracy = last.test_acc
    write_json(
        Path(f"metrics/validation/{name}.json"),
        {"accuracy": accuracy, "rows": len(validation.targets)},
    )
