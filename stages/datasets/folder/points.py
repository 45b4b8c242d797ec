"""Points: a train.csv and a test.csv, whose columns are features but for the label."""

import csv
import math
import re
from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.pipeline.errors import UserError

WHOLE_NUMBER = re.compile(r"[-+]?\d+")


class Table(NamedTuple):
    """A CSV: names of the features, features (rows, columns) float64, labels of the rows."""

    columns: list[str]
    features: np.ndarray
    labels: list[str]


def read_tables(folder: Path):
    """Read a folder with a train.csv and a test.csv.

    Every column but `label` is a feature, a finite number; columns may stand in another
    order in the other file. Classes are the labels of train.csv in order, whole numbers by
    value, anything else as text.

    Returns:
        Features and targets that train, the same that test, names of classes and columns.

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

    are_numbers = all(WHOLE_NUMBER.fullmatch(label) for label in set(train.labels))
    labels = [keys(table, are_numbers) for table in (train, test)]
    classes = {key: i for i, key in enumerate(sorted(set(labels[0])))}
    targets = [[classes.get(key, -1) for key in part] for part in labels]
    if -1 in targets[1]:
        raise UserError(
            f"{folder}/test.csv has label {test.labels[targets[1].index(-1)]}, "
            f"expected one of train.csv's: {', '.join(map(str, classes))}"
        )
    train_targets, test_targets = (np.array(part, dtype=np.int64) for part in targets)
    return (
        (train.features, train_targets),
        (test.features[:, order], test_targets),
        list(map(str, classes)),
        train.columns,
    )


def keys(table: Table, are_numbers: bool) -> list[int] | list[str]:
    """Return a table's labels, as numbers where they are some and so are the classes."""
    if not are_numbers:
        return table.labels
    return [int(k) if WHOLE_NUMBER.fullmatch(k) else k for k in table.labels]


def read_table(path: Path) -> Table:
    """Read a CSV with a header, a column `label` and at least one feature.

    Raises:
        UserError: it is something else; the message names the line.
    """
    features, labels = array("d"), []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = read_header(path, next(reader, []))
            for row in filter(None, reader):
                numbers, label = read_row(
                    f"{path}, line {reader.line_num}", header, row
                )
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
    """Return the features and the label of a row, or say what is wrong in that place."""
    if len(row) != len(header):
        raise UserError(
            f"{place} has {len(row)} fields, expected {len(header)}: {', '.join(header)}"
        )
    fields = dict(zip(header, row, strict=True))
    label = fields.pop("label").strip()
    if not label:
        raise UserError(f"{place}: label is empty, expected text or a whole number")
    try:
        numbers = [float(field) for field in fields.values()]
        if all(map(math.isfinite, numbers)):
            return numbers, label
    except ValueError:
        pass
    name, field = next(item for item in fields.items() if not is_finite(item[1]))
    raise UserError(f"{place}: {name} is {field!r}, expected a finite number")


def is_finite(field: str) -> bool:
    """Return whether a field of a CSV holds a finite number."""
    try:
        return math.isfinite(float(field))
    except ValueError:
        return False
