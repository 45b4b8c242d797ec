"""Train a model with other settings, to see training fail, and what mends it.

The settings are studies.variations in params.yaml, by model. Each run is from several seeds:
0, 1, 2, …, none left out. Where training diverges, its rows end. Of a perceptron, the share of
inactive units is measured as well: of the first layer's, those that are 0 for every test row.
"""

from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np

from byhand.datasets.folder import Dataset, as_matrix
from byhand.evaluation.settings import Variations
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.epoch import Epoch
from byhand.training.side_by_side import side_by_side
from byhand.training.start import start


def main(name: str) -> None:
    variations = load_params(f"studies.variations.{name}", Variations)
    runs = [*product(variations.runs, range(variations.seeds))]
    settings = [variations.settings_of(run) for run, _ in runs]
    histories = side_by_side(
        history, [name] * len(runs), settings, [seed for _, seed in runs]
    )
    write_csv(
        Path(f"plots/variations/{name}.csv"),
        ["run", "seed", *Epoch._fields, "inactive"],
        (run + row for run, rows in zip(runs, histories, strict=True) for row in rows),
    )


def history(name: str, settings: dict, seed: int) -> list[tuple]:
    """Return a model's figures after each epoch, with these settings and from this seed."""
    block, dataset = load_model_and_data(name, seed, **settings)
    model, train = start(block, dataset, seed)
    rows = []
    with suppress(UserError):  # it diverged
        train(lambda epoch: rows.append((*epoch, inactive(model, block.kind, dataset))))
    return rows


def inactive(model, kind: str, dataset: Dataset) -> float | None:
    """Return the share of a perceptron's first units that are 0 for every test row."""
    if kind != "mlp":
        return None
    weight, bias, *_ = (p.detach().cpu().numpy() for _, p in model.named_parameters())
    sums = as_matrix(dataset.test).astype(weight.dtype) @ weight.T + bias
    return np.mean(sums.max(axis=0) <= 0).item()
