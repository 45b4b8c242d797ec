"""Split a set of samples, which lie shuffled: the first rows train, the rest test."""

import logging
from pathlib import Path

from pipeline.command import run

from charts.scatter import draw_splits
from pipeline.errors import UserError
from pipeline.inputs import read_samples
from pipeline.outputs import write_bytes, write_figure
from pipeline.params import load_params

log = logging.getLogger(__name__)


def main(name: str) -> None:
    params = load_params()
    path = Path(f"data/samples/{name}.csv")
    samples = read_samples(path)
    rows = len(samples.targets)
    train_rows = int(params.split.train_rate * rows)
    if train_rows == 0:
        raise UserError(
            f"split.train_rate {params.split.train_rate} leaves no training row of {rows}"
        )
    log.info("read %s: %d rows, the first %d train", path, rows, train_rows)

    # the rows are copied as text, so that not a digit changes
    header, *lines = path.read_bytes().splitlines(keepends=True)
    folder = Path(f"data/split/{name}")
    write_bytes(folder / "train.csv", b"".join([header, *lines[:train_rows]]))
    write_bytes(folder / "test.csv", b"".join([header, *lines[train_rows:]]))
    write_figure(
        Path(f"plots/images/{name}.png"),
        draw_splits(name, samples.features, samples.targets, train_rows),
    )


if __name__ == "__main__":
    run(main)
