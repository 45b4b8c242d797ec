"""Train a model from many seeds, to see how far its figures scatter.

A seed decides the same as for `dvc exp run -S seed=…`: initial weights, the order of rows
and the samples' radii. Seeds are 0, 1, 2, …, none left out.
"""

from functools import partial
from pathlib import Path

from byhand.datasets.folder import Dataset, Part, read_dataset
from byhand.datasets.samples import generate
from byhand.datasets.settings import Generate, SampleSet, Split
from byhand.evaluation.settings import SeedCount
from byhand.evaluation.spread import spread
from byhand.pipeline.outputs import write_csv, write_json
from byhand.pipeline.params import load_params
from byhand.training.blocks import Model, load_model
from byhand.training.side_by_side import side_by_side
from byhand.training.start import start

FIGURES = ("train_loss", "train_acc", "test_acc")


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data)
    rows = block.prepared(dataset, seed=0).train_rows
    block.check(name, dataset.shape, rows)
    seeds = range(load_params(f"seeds.{name}", SeedCount))
    outcomes = side_by_side(partial(outcome, block, dataset), seeds)
    write_csv(
        Path(f"plots/seeds/{name}.csv"),
        ["seed", *FIGURES],
        ([seed, *figures] for seed, figures in zip(seeds, outcomes, strict=True)),
    )
    spreads = map(spread, zip(*outcomes, strict=True))
    write_json(Path(f"metrics/seeds/{name}.json"), dict(zip(FIGURES, spreads)))


def outcome(block: Model, dataset: Dataset, seed: int) -> tuple[float, float, float]:
    """Return train loss, train accuracy and test accuracy of a model from a seed."""
    folder = Path(block.data)
    if folder.parent == Path("data/split"):
        dataset = drawn(folder.name, seed)
    _, train = start(block, block.prepared(dataset, seed), seed)
    final = train()
    return tuple(getattr(final, figure) for figure in FIGURES)


def drawn(name: str, seed: int) -> Dataset:
    """Return a set of samples as `generate` and `split` would write it for a seed."""
    sample_set = load_params(f"samples.{name}", SampleSet)
    samples = generate(
        sample_set.clusters,
        sample_set.merge,
        seed=seed,
        **load_params("generate", Generate).model_dump(),
    )
    rate = load_params("split", Split).train_rate
    train, test = Part(samples.points, samples.label).split(rate)
    class_names = [str(label) for label in sorted({*train.targets.tolist()})]
    return Dataset(train, test, class_names, ["x", "y", "z"])
