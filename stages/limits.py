"""How far straight borders get, and bent ones, where training is no obstacle.

The book's steps are too long for XOR's coordinates: its figures are as much the recipe's as
the models'. Here logistic regression is fitted to its end, by scikit-learn's solver, and the
perceptron takes shorter steps, in a new order each epoch, and more of them: at the rate of
the lowest training loss in `learning_rates`.
"""

from pathlib import Path

from stages.datasets.folder import as_matrix, read_dataset
from stages.pipeline.files import write_arrays, write_json
from stages.pipeline.params import Seed, load_params
from stages.training import models, solver
from stages.training.blocks import Fit, load_model
from stages.training.descent import start

RECIPE = {"lr": 0.03, "shuffle": True, "epochs": 60}


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize)
    fit = load_params("fit", Fit)
    targets, test = dataset.train.targets, dataset.test
    straight, _ = solver.fit(as_matrix(dataset.train), targets, fit.C, fit.max_iter)
    recipe = block.model_copy(update=RECIPE)
    model, epochs = start(recipe, dataset, load_params("seed", Seed))
    *_, last = epochs
    write_arrays(Path(f"data/limits/{name}/straight.safetensors"), straight)
    write_arrays(Path(f"data/limits/{name}/bent.safetensors"), models.arrays(model))
    write_json(
        Path(f"metrics/limits/{name}.json"),
        {
            "straight": solver.accuracy(straight, as_matrix(test), test.targets),
            "bent": last.test_acc,
        },
    )
