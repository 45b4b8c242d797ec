"""How many rows a second are generated, split and read, against a loop and pandas."""

import csv
import logging
import math
import os
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import yaml

from benchmarks.measure import Group, in_turn
from byhand.datasets.folder.tables import read_table
from stages import generate, split

CLUSTERS = 10
ROWS = [10_000, 1_000_000, 10_000_000]
SEED = 9603602


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Measure both stages and the reader at each size, without the start of a process."""
    logging.disable(logging.INFO)
    before = Path.cwd()
    for rows in ROWS:
        with TemporaryDirectory() as folder:
            os.chdir(folder)
            write_params(root, rows)
            generating = {
                "stage generate": lambda: generate.main("clusters"),
                "a loop over the points": partial(loop_over_points, rows),
            }
            splitting = {
                "stage split, its picture too": lambda: split.main("clusters"),
                "pandas": split_by_pandas,
            }
            reading = {
                "our reader": read_by_ours,
                "pandas": read_by_pandas,
            }
            verbs = {"generate": generating, "split": splitting, "read": reading}
            for verb, calls in verbs.items():
                few = rows <= 10_000
                seconds = in_turn(calls, rounds if few else 1, warm_up=few)
                speeds = {name: rows / value for name, value in seconds.items()}
                yield Group(
                    f"{verb} {rows:,} rows",
                    "rows/s",
                    speeds,
                    list(calls)[-1],
                    "times as many as",
                )
            os.chdir(before)
    logging.disable(logging.NOTSET)


def write_params(root: Path, rows: int) -> None:
    """Write the project's params.yaml with as many points a cluster as make that many rows."""
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["generate"] |= {"min_size": rows // CLUSTERS, "size_range": 0}
    params["samples"]["clusters"] = {"clusters": CLUSTERS, "merge": 1}
    Path("params.yaml").write_text(yaml.safe_dump(params))


def loop_over_points(rows: int) -> None:
    """Generate as the tutorial does, point by point, and write the CSV."""
    stream = random.Random(SEED)
    normal = np.random.default_rng(0).normal
    samples = []
    for cluster in range(CLUSTERS):
        x, y, z = (30 * stream.random() for _ in range(3))
        for _ in range(rows // CLUSTERS):
            radius = normal(0, 3)
            alpha, beta = (2 * math.pi * stream.random() for _ in range(2))
            samples.append(
                [
                    x + radius * math.cos(alpha) * math.cos(beta),
                    y + radius * math.cos(alpha) * math.sin(beta),
                    z + radius * math.sin(alpha),
                    cluster,
                    cluster,
                ]
            )
    stream.shuffle(samples)
    with open("loop.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["x", "y", "z", "cluster", "label"])
        writer.writerows(samples)


def split_by_pandas() -> None:
    """Split the generated rows with pandas."""
    samples = pd.read_csv("data/samples/clusters.csv")
    rows = int(0.8 * len(samples))
    samples[:rows].to_csv("train.csv", index=False)
    samples[rows:].to_csv("test.csv", index=False)


def read_by_ours() -> None:
    """Read the generated rows as a dataset's, every number checked."""
    read_table(Path("data/samples/clusters.csv"))


def read_by_pandas() -> None:
    """Read the generated rows with pandas."""
    pd.read_csv("data/samples/clusters.csv")
