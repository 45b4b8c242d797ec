"""Kaggle's two files: the passengers whose survival is known, and the others."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.pipeline.errors import UserError

TYPES = {
    "PassengerId": "int64",
    "Survived": "int64",
    "Pclass": "int64",
    "Name": "str",
    "Sex": "str",
    "Age": "float64",
    "SibSp": "int64",
    "Parch": "int64",
    "Ticket": "str",
    "Fare": "float64",
    "Cabin": "str",
    "Embarked": "str",
}
MIN_ROWS = 100  # with fewer, AutoML's folds are too small for its trees


def is_number(column: pd.Series) -> pd.Series:
    """Return where a column holds a finite number from 0 up, or nothing."""
    return column.isna() | (np.isfinite(column) & (column >= 0))


def is_whole(column: pd.Series) -> pd.Series:
    """Return where a column holds a whole number from 0 up."""
    return column.notna() & is_number(column) & (column == column.round())


# of a column: what it must hold, in words and as a condition
EXPECTED = {
    "PassengerId": (
        "a number of its own",
        lambda ids: is_whole(ids) & (ids > 0) & ~ids.duplicated(),
    ),
    "Survived": ("0 or 1", lambda survived: survived.isin([0, 1])),
    "Pclass": ("1, 2 or 3", lambda pclass: pclass.isin([1, 2, 3])),
    "Name": ("a name", pd.Series.notna),
    "Sex": ("male or female", lambda sex: sex.isin(["male", "female"])),
    "Age": ("a number or nothing", is_number),
    "SibSp": ("a whole number", is_whole),
    "Parch": ("a whole number", is_whole),
    "Ticket": ("a ticket", pd.Series.notna),
    "Fare": ("a number or nothing", is_number),
}


def read_passengers(path: Path, *, survival_known: bool) -> pd.DataFrame:
    """Read one of Kaggle's files, each column as the type that TYPES states.

    Args:
        path: data/titanic/train.csv or test.csv, or a user's own from Kaggle.
        survival_known: whether it has the column Survived.

    Raises:
        UserError: a column is missing or holds something else, a passenger comes twice,
            there are too few, or all of them survived, or none.
    """
    types = {
        name: kind
        for name, kind in TYPES.items()
        if survival_known or name != "Survived"
    }
    try:
        passengers = pd.read_csv(
            path,
            dtype="str",
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
        )
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is not Kaggle's: {reason}") from error
    missing = [name for name in types if name not in passengers]
    if missing:
        raise UserError(
            f"{path} has no column {missing[0]}, only {', '.join(map(str, passengers))}"
        )
    if len(passengers) < MIN_ROWS:
        raise UserError(
            f"{path} has {len(passengers)} passengers, expected at least {MIN_ROWS}"
        )
    for name, (expected, is_right) in EXPECTED.items():
        if name not in types:
            continue
        text = passengers[name]
        column = text if types[name] == "str" else pd.to_numeric(text, errors="coerce")
        wrong = ~is_right(column) | (column.isna() & text.notna())
        if wrong.any():
            row = wrong.to_numpy().argmax()
            raise UserError(
                f"{path}, line {row + 2}: {name} is {text.iloc[row]}, "
                f"expected {expected}"
            )
        passengers[name] = column
    if survival_known and passengers["Survived"].nunique() < 2:
        raise UserError(
            f"{path} has Survived {passengers['Survived'][0]} in all rows, "
            "expected some of 0 and some of 1"
        )
    return passengers[list(types)].astype(types)


def read_all(folder: Path) -> pd.DataFrame:
    """Return the passengers of both files; Survived is missing where Kaggle keeps it."""
    train = read_passengers(folder / "train.csv", survival_known=True)
    test = read_passengers(folder / "test.csv", survival_known=False)
    return pd.concat([train, test], ignore_index=True)
