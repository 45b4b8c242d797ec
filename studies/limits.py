"""How far straight borders get, and bent ones, where training is no obstacle.

The book's steps are too long for XOR's coordinates: its figures depend as much on its recipe
as on its models. Here logistic regression is fitted until scikit-learn's solver has
converged. The perceptron takes more and shorter steps, in a new order each epoch, at the
rate of the lowest training loss in `learning_rates`.
"""

from pathlib import Path

from byhand.datasets.folder import as_matrix
from byhand.evaluation.settings import Studies
from byhand.pipeline.outputs import write_arrays, write_json
from byhand.pipeline.params import Seed, load_params
from byhand.sklearn.logistic import Logistic
from byhand.training import models
from byhand.training.blocks import load_model_and_data
from byhand.training.descent import start
from byhand.training.recipes import Fit


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    straight, fit = Logistic(), load_params("fit", Fit)
    matrix, targets = as_matrix(dataset.train), dataset.train.targets
    straight.fit(matrix, targets, fit.C, fit.max_iter)
    recipe = dict(load_params("studies", Studies).limits)
    model, epochs = start(
        block.model_copy(update=recipe), dataset, load_params("seed", Seed)
    )
    *_, last = epochs
    write_arrays(Path(f"data/limits/{name}/straight.safetensors"), straight.arrays())
    write_arrays(Path(f"data/limits/{name}/bent.safetensors"), models.arrays(model))
    test = as_matrix(dataset.test), dataset.test.targets
    write_json(
        Path(f"metrics/limits/{name}.json"),
        {"straight": straight.accuracy(*test), "bent": last.test_acc},
    )
