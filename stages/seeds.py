"""Train a model from many seeds: what each came to, and how far they scatter.

A seed decides what it does for `dvc exp run -S seed=…`: initial weights, the order of rows
and, of samples, the radii. Seeds are 0, 1, 2, …, none left out.
"""

import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tqdm import tqdm

from stages.datasets.folder import (
    Dataset,
    Part,
    as_matrix,
    read_dataset,
    standardized,
)
from stages.datasets.samples import generate
from stages.datasets.settings import Generate, SampleSet, Split
from stages.pipeline.files import write_csv, write_json
from stages.pipeline.lifetime import end_with_parent
from stages.pipeline.params import load_params
from stages.training.blocks import Logistic, Model, Seeds, load_model
from stages.training.descent import start
from stages.training.solver import accuracy, fit

FIGURES = ("train_loss", "train_acc", "test_acc")


def main(name: str) -> None:
    block = load_model(name)
    counts = load_params("seeds", Seeds)
    seeds = range(getattr(counts, name, counts.others))
    dataset = read_dataset(block.data, block.standardize)
    os.environ.setdefault("THREADS", "1")  # the seeds share the cores already
    with ProcessPoolExecutor(initializer=end_with_parent) as pool:
        outcomes = pool.map(partial(outcome, block, dataset), seeds)
        bar = tqdm(outcomes, total=len(seeds), unit="seed", disable=None)
        rows = [[seed, *figures] for seed, figures in zip(seeds, bar, strict=True)]
    write_csv(Path(f"plots/seeds/{name}.csv"), ["seed", *FIGURES], rows)
    columns = list(zip(*rows, strict=True))[1:]
    write_json(
        Path(f"metrics/seeds/{name}.json"), dict(zip(FIGURES, map(summary, columns)))
    )


def outcome(block: Model, dataset: Dataset, seed: int) -> tuple[float, float, float]:
    """Return train loss, train accuracy and test accuracy of a model from a seed."""
    folder = Path(block.data)
    if folder.parent == Path("data/split"):
        dataset = drawn(folder.name, seed)
        dataset = standardized(dataset) if block.standardize else dataset
    if isinstance(block, Logistic):
        matrix, targets = as_matrix(dataset.train), dataset.train.targets
        arrays, metrics = fit(matrix, targets, block.C, block.max_iter)
        test_acc = accuracy(arrays, as_matrix(dataset.test), dataset.test.targets)
        return metrics["train_loss"], metrics["train_acc"], test_acc
    _, epochs = start(block, dataset, seed)
    *_, last = epochs
    return last.train_loss, last.train_acc, last.test_acc


def drawn(name: str, seed: int) -> Dataset:
    """Return a set of samples as `generate` and `split` would write it for a seed."""
    sample_set = load_params(f"samples.{name}", SampleSet)
    samples = generate(
        sample_set.clusters,
        sample_set.merge,
        seed=seed,
        **load_params("generate", Generate).model_dump(),
    )
    train_rows = int(load_params("split", Split).train_rate * len(samples.label))
    train, test = (
        Part(samples.points[rows], samples.label[rows])
        for rows in (slice(train_rows), slice(train_rows, None))
    )
    class_names = [str(label) for label in sorted({*train.targets.tolist()})]
    return Dataset(train, test, class_names, ["x", "y", "z"])


def summary(values: tuple[float, ...]) -> dict[str, float]:
    """Return how many values there are, and how they scatter; std is the sample's."""
    return {
        "n": len(values),
        "mean": statistics.mean(values),
        "std": statistics.stdev(values),
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
    }
