"""Points: a train.csv and a test.csv, whose columns are features but for the label."""

from pathlib import Path

import numpy as np

from byhand.datasets.folder.labels import number_classes
from byhand.datasets.folder.names import check_names, listed
from byhand.datasets.folder.tables import read_table
from byhand.pipeline.errors import UserError


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
    train_path, test_path = (folder / f"{part}.csv" for part in ("train", "test"))
    train, test = read_table(train_path, train_features), read_table(test_path)
    check_names(f"{test_path}: column", [*train.columns, *test.columns])
    for one, other, path in [(train, test, test_path), (test, train, train_path)]:
        if missing := [c for c in one.columns if c not in other.columns]:
            raise UserError(
                f"{path} has no column {listed(missing[:1])}, "
                f"expected {listed(one.columns)} and label"
            )
    check_names(f"{train_path}: label", train.labels)
    check_names(f"{test_path}: label", [*train.labels, *test.labels])
    names, *classes = number_classes(train.labels, test.labels, folder)
    train_targets, test_targets = (
        np.array(of_labels, dtype=np.int64)[table.codes]
        for of_labels, table in zip(classes, (train, test), strict=True)
    )
    order = [test.columns.index(column) for column in train.columns]
    return (
        (train.features, train_targets),
        (test.features[:, order], test_targets),
        names,
        train.columns,
    )
