"""Results of all stages, as pages read them."""

import csv
from pathlib import Path
from typing import Any, NamedTuple

from byhand.datasets.folder import Dataset
from byhand.pipeline.outputs import read_json
from byhand.training.blocks import Model

Rows = list[dict[str, str]]  # of a CSV


class Results(NamedTuple):
    """All results, by name."""

    blocks: dict[str, Model]  # of each model, as `load_model` returns it
    datasets: dict[str, Dataset]  # by folder
    plots: dict[str, Rows]  # each CSV in plots/, such as history/mlp_xor_scratch
    metrics: dict[str, dict]  # each JSON in metrics/, such as test/mlp_xor_torch
    seed: int  # of the models' training

    def models_on(self, folder: str) -> list[str]:
        """Return the names of the models that learn from this folder."""
        return [name for name, block in self.blocks.items() if block.data == folder]

    def epochs(self, model: str, *figures: str) -> list[list[float]]:
        """Return columns of a model's history: the epochs, and each of these figures."""
        return columns(self.plots[f"history/{model}"], "epoch", *figures)


def read_rows(path: Path) -> Rows:
    """Read a CSV as one dictionary a row."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def columns(rows: Rows, *names: str) -> list[list[float]]:
    """Return columns of numbers."""
    return [[float(row[name]) for row in rows] for name in names]


def read_plots(folder: Path) -> dict[str, Rows]:
    """Read every CSV in a folder and below, by its path without .csv."""
    return {name: read_rows(path) for name, path in named(folder, ".csv").items()}


def read_metrics(folder: Path) -> dict[str, dict[str, Any]]:
    """Read every JSON in a folder and below, by its path without .json."""
    return {name: read_json(path) for name, path in named(folder, ".json").items()}


def named(folder: Path, suffix: str) -> dict[str, Path]:
    """Return the files with a suffix in a folder and below, by path without the suffix."""
    paths = sorted(folder.rglob(f"*{suffix}"))
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in paths}
