"""What a convolution is worth: each network by each recipe, on images and on permuted images.

A recipe moves the weights: learning rate, epochs, momentum, schedule, weight decay and batch
size. Two networks are compared by the same recipe alone. The control takes away what a
convolution assumes: the pixels of all images go through one permutation, so neighbours are
neighbours no more. A seed decides the initial weights, the order of rows and the permutation.
"""

from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from byhand.datasets.folder import Dataset, Part, read_dataset
from byhand.evaluation.settings import Studies
from byhand.evaluation.spread import spread
from byhand.pipeline.outputs import write_csv, write_json
from byhand.pipeline.params import load_params
from byhand.training.blocks import Model, load_model
from byhand.training.settings import Train
from byhand.training.side_by_side import side_by_side
from byhand.training.start import start

FIGURES = ("train_loss", "train_acc", "test_acc")


def main() -> None:
    settings = load_params("studies", Studies).recipes
    perceptron = load_model(settings.mlp, init_std=settings.init_std)
    blocks = {"mlp": perceptron, "lenet": load_model(settings.lenet)}
    recipes = {name: recipe(block) for name, block in blocks.items()}
    dataset = read_dataset(perceptron.data)
    runs = [*product(blocks, recipes, (False, True), range(settings.seeds))]
    outcomes = side_by_side(
        partial(outcome, dataset),
        [blocks[name].model_copy(update=recipes[by]) for name, by, _, _ in runs],
        *zip(*((permuted, seed) for _, _, permuted, seed in runs), strict=True),
    )
    write_csv(
        Path("plots/recipes.csv"),
        ["network", "recipe", "permuted", "seed", *FIGURES],
        (run + figures for run, figures in zip(runs, outcomes, strict=True)),
    )
    accuracies: dict[str, list[float]] = {}
    for (name, by, permuted, _), figures in zip(runs, outcomes, strict=True):
        cell = f"{name}_by_{by}" + "_permuted" * permuted
        accuracies.setdefault(cell, []).append(figures[-1])
    spreads = {cell: spread(values) for cell, values in accuracies.items()}
    write_json(Path("metrics/recipes.json"), spreads)


def recipe(block: Model) -> dict:
    """Return what moves a model's weights."""
    return block.model_dump(include={*Train.model_fields, "batch_size"})


def outcome(
    dataset: Dataset, block: Model, permuted: bool, seed: int
) -> tuple[float, float, float]:
    """Return train loss, train accuracy and test accuracy of a model from a seed."""
    if permuted:
        order = np.random.default_rng(seed).permutation(dataset.test.features[0].size)
        dataset = dataset._replace(
            train=with_pixels(dataset.train, order),
            test=with_pixels(dataset.test, order),
        )
    _, train = start(block, block.prepared(dataset, seed), seed)
    final = train()
    return tuple(getattr(final, figure) for figure in FIGURES)


def with_pixels(images: Part, order: np.ndarray) -> Part:
    """Return images with their pixels in another order, the same for all images."""
    features = images.features.reshape(len(images.features), -1)[:, order]
    return images._replace(features=features.reshape(images.features.shape))
