"""Points: a train.csv and a test.csv, whose columns are features but for the label."""

import csv
import math
import re
from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.pipeline.errors import UserError

WHOLE_NUMBER = re.compile(r"[-+]?\d+")


class Table(NamedTuple):
    """A CSV: names of the features, features (rows, columns) float64, labels of the rows."""

    columns: list[str]
    features: np.ndarray
    labels: list[str]


def read_tables(folder: Path):
    """Read a folder with a train.csv and a test.csv.

    Every column but `label` is a feature, a finite number; the files may order their columns
    differently. Classes are the labels of train.csv, sorted: by value if all of them are
    whole numbers, otherwise as text.

    Returns:
        Training features and targets, test features and targets, class names, columns.

    Raises:
        UserError: a file is something else, or test.csv has columns or labels of its own.
    """
    train, test = (read_table(folder / f"{part}.csv") for part in ("train", "test"))
    for one, other, name in [(train, test, "test.csv"), (test, train, "train.csv")]:
        if missing := [c for c in one.columns if c not in other.columns]:
            raise UserError(
                f"{folder / name} has no column {missing[0]}, "
                f"expected {', '.join(one.columns)} and label"
            )
    order = [test.columns.index(column) for column in train.columns]
    are_numbers = all(map(WHOLE_NUMBER.fullmatch, set(train.labels)))

    def key(label: str) -> int | str:
        return int(label) if are_numbers and WHOLE_NUMBER.fullmatch(label) else label

    names = sorted(set(map(key, train.labels)))
    classes = {name: target for target, name in enumerate(names)}
    train_targets, test_targets = (
        np.array([classes.get(key(label), -1) for label in labels], dtype=np.int64)
        for labels in (train.labels, test.labels)
    )
    if -1 in test_targets:
        raise UserError(
            f"{folder}/test.csv has label {test.labels[test_targets.argmin()]}, "
            f"expected one of train.csv's: {', '.join(map(str, names))}"
        )
    return (
        (train.features, train_targets),
        (test.features[:, order], test_targets),
        list(map(str, names)),
        train.columns,
    )


def read_table(path: Path) -> Table:
    """Read a CSV with a column `label` and at least one feature, or raise UserError."""
    features, labels = array("d"), []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = read_header(path, next(reader, []))
            for row in filter(None, reader):
                place = f"{path}, line {reader.line_num}"
                numbers, label = read_row(place, header, row)
                features.extend(numbers)
                labels.append(label)
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not text in UTF-8: {error}") from error
    except csv.Error as error:
        raise UserError(f"{path} is not a CSV: {error}") from error
    if not labels:
        raise UserError(f"{path} has no rows")
    columns = [name for name in header if name != "label"]
    return Table(columns, np.array(features).reshape(-1, len(columns)), labels)


def read_header(path: Path, fields: list[str]) -> list[str]:
    """Return the names of the columns, label among them."""
    names = [field.strip() for field in fields]
    if "label" not in names or len(names) < 2:
        raise UserError(
            f"{path} has columns {', '.join(names) or 'none'}; "
            "expected label and at least one feature"
        )
    if "" in names or len(set(names)) < len(names):
        raise UserError(
            f"{path} has columns {', '.join(names)}; expected a name of its own for each"
        )
    return names


def read_row(place: str, header: list[str], row: list[str]) -> tuple[list[float], str]:
    """Return the features and the label of a row; `place` is the row's, for messages."""
    if len(row) != len(header):
        raise UserError(
            f"{place} has {len(row)} fields, expected {len(header)}: {', '.join(header)}"
        )
    fields = dict(zip(header, row, strict=True))
    label = fields.pop("label").strip()
    if not label:
        raise UserError(f"{place}: label is empty, expected text or a whole number")
    numbers = []
    for name, field in fields.items():
        try:
            numbers.append(float(field))
        except ValueError:
            numbers.append(math.nan)
        if not math.isfinite(numbers[-1]):
            raise UserError(f"{place}: {name} is {field!r}, expected a finite number")
    return numbers, label
