"""Points: a train.csv and a test.csv, whose columns are features but for the label."""

from pathlib import Path

import numpy as np

from byhand.datasets.folder.labels import name_classes, number_classes
from byhand.datasets.folder.names import check_names, listed
from byhand.datasets.folder.tables import Table, read_table
from byhand.pipeline.errors import UserError

Rows = tuple[np.ndarray, np.ndarray]  # features (rows, columns), targets (rows,) int64


def read_tables(folder: Path, train_features: bool = True):
    """Read a folder with a train.csv and a test.csv.

    Every column but `label` is a feature, a finite number; the files may order their columns
    differently. Classes are the labels of train.csv, sorted: by value if all of them are
    whole numbers, otherwise as text.

    train_features: whether to read those of train.csv, which has no columns otherwise.

    Returns:
        Training features and targets, test features and targets, class names, columns.

    Raises:
        UserError: a file is something else, or test.csv has columns or labels of its own.
    """
    path = folder / "train.csv"
    train = read_table(path, train_features)
    check_names(f"{path}: label", train.labels)
    names = name_classes(train.labels, path)
    targets = targets_of(train, names, path)
    test = read_test_table(folder, names, train.columns)
    return (train.features, targets), test, names, train.columns


def read_test_table(
    folder: Path, class_names: list[str], columns: list[str], shape=None
) -> Rows:
    """Read test.csv alone, for a model of these classes and columns. Raises as above."""
    path = folder / "test.csv"
    table = read_table(path)
    check_names(f"{path}: column", [*columns, *table.columns])
    missing = [column for column in columns if column not in table.columns]
    unknown = [column for column in table.columns if column not in columns]
    if missing or unknown:
        wrong = f"{'no' if missing else 'a'} column {listed([*missing, *unknown][:1])}"
        raise UserError(f"{path} has {wrong}, expected {listed(columns)} and label")
    check_names(f"{path}: label", [*class_names, *table.labels])
    order = [table.columns.index(column) for column in columns]
    # products of matrices are rounded by how the rows lie: one after another, as in training
    features = np.ascontiguousarray(table.features[:, order])
    return features, targets_of(table, class_names, path)


def targets_of(table: Table, class_names: list[str], path: Path) -> np.ndarray:
    """Return the class (rows,) int64 of each row."""
    classes = number_classes(table.labels, class_names, path)
    return np.array(classes, dtype=np.int64)[table.codes]
