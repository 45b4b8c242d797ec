"""Split a set of samples into its first rows, which train, and the rest, which tests."""

import csv
import logging
from pathlib import Path

from byhand.charts.scatter import draw_splits
from byhand.datasets.folder import read_dataset
from byhand.datasets.settings import Split
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_csv, write_figure
from byhand.pipeline.params import load_params

log = logging.getLogger(__name__)


def main(name: str) -> None:
    train_rate = load_params("split", Split).train_rate
    path = Path(f"data/samples/{name}.csv")
    # numbers stay text, to the last digit; the cluster is no feature
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = [[x, y, z, label] for x, y, z, _, label in csv.reader(file)]
    train_rows = int(train_rate * len(rows))
    if train_rows == 0:
        raise UserError(
            f"split.train_rate {train_rate} leaves no training row of {len(rows)}"
        )
    log.info("read %s: %d rows, the first %d train", path, len(rows), train_rows)

    folder = Path(f"data/split/{name}")
    write_csv(folder / "train.csv", header, rows[:train_rows])
    write_csv(folder / "test.csv", header, rows[train_rows:])
    figure = draw_splits(name, read_dataset(folder))
    write_figure(Path(f"plots/images/{name}.png"), figure)
