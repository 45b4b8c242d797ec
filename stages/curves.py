"""Gather the histories of all models into one table, so that they share a chart."""

import csv
from pathlib import Path

from pipeline.command import run

from pipeline.outputs import write_csv
from pipeline.params import load_params


def main() -> None:
    rows = []
    for model in sorted(load_params().models):
        path = Path(f"plots/history/{model}.csv")
        with path.open(newline="", encoding="utf-8") as file:
            header, *history = csv.reader(file)
        rows += [[model, *row] for row in history]
    write_csv(Path("plots/learning_curves.csv"), ["model", *header], rows)


if __name__ == "__main__":
    run(main)
