"""Kaggle's two files: the passengers whose survival is known, and the others."""

from pathlib import Path

import numpy as np
import pandas as pd

from byhand.pipeline.errors import UserError

MIN_ROWS = 100  # with fewer, AutoML's folds are too small for its trees


def is_number(column: pd.Series) -> pd.Series:
    """Return where a column holds a finite number >= 0, or nothing."""
    return column.isna() | (np.isfinite(column) & (column >= 0))


def is_whole(column: pd.Series) -> pd.Series:
    """Return where a column holds a whole number >= 0."""
    return column.notna() & is_number(column) & (column == column.round())


def is_new(column: pd.Series) -> pd.Series:
    """Return where a column holds a whole number > 0 that no row above holds."""
    return is_whole(column) & (column > 0) & ~column.duplicated()


# of each column: its type, and what it must hold, in words and as a condition
COLUMNS = {
    "PassengerId": ("int64", "a number of its own", is_new),
    "Survived": ("int64", "0 or 1", lambda survived: survived.isin([0, 1])),
    "Pclass": ("int64", "1, 2 or 3", lambda pclass: pclass.isin([1, 2, 3])),
    "Name": ("str", "a name", pd.Series.notna),
    "Sex": ("str", "male or female", lambda sex: sex.isin(["male", "female"])),
    "Age": ("float64", "a number or nothing", is_number),
    "SibSp": ("int64", "a whole number", is_whole),
    "Parch": ("int64", "a whole number", is_whole),
    "Ticket": ("str", "a ticket", pd.Series.notna),
    "Fare": ("float64", "a number or nothing", is_number),
    "Cabin": ("str", "text or nothing", None),
    "Embarked": ("str", "text or nothing", None),
}


def read_passengers(path: Path, *, survival_known: bool) -> pd.DataFrame:
    """Read one of Kaggle's files, each column as the type that COLUMNS states.

    Args:
        path: data/titanic/train.csv or test.csv, or a user's own from Kaggle.
        survival_known: whether it has the column Survived.

    Raises:
        UserError: a column is missing or holds something else, a passenger comes twice,
            there are too few passengers, or all of them survived, or none.
    """
    try:
        passengers = pd.read_csv(
            path, dtype=str, encoding="utf-8-sig", keep_default_na=False, na_values=[""]
        )
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is not Kaggle's: {reason}") from error
    names = [name for name in COLUMNS if survival_known or name != "Survived"]
    missing = [name for name in names if name not in passengers]
    if missing:
        raise UserError(
            f"{path} has no column {missing[0]}, only {', '.join(map(str, passengers))}"
        )
    if len(passengers) < MIN_ROWS:
        raise UserError(
            f"{path} has {len(passengers)} passengers, expected at least {MIN_ROWS}"
        )
    for name in names:
        kind, expected, condition = COLUMNS[name]
        text = column = passengers[name]
        if kind != "str":
            column = pd.to_numeric(text, errors="coerce")
        wrong = column.isna() & text.notna()
        if condition:
            wrong |= ~condition(column)
        if wrong.any():
            row = wrong.to_numpy().argmax()
            raise UserError(
                f"{path}, line {row + 2}: {name} is {text.iloc[row]}, "
                f"expected {expected}"
            )
        passengers[name] = column.astype(kind)
    if survival_known and passengers["Survived"].nunique() < 2:
        raise UserError(
            f"{path} has Survived {passengers['Survived'][0]} in all rows, "
            "expected some of 0 and some of 1"
        )
    return passengers[names]


def read_all(folder: Path) -> pd.DataFrame:
    """Return the passengers of both files; Survived is missing where Kaggle keeps it."""
    train = read_passengers(folder / "train.csv", survival_known=True)
    test = read_passengers(folder / "test.csv", survival_known=False)
    return pd.concat([train, test], ignore_index=True)


def rows_of(path: Path, passengers: pd.DataFrame) -> pd.Index:
    """Return the rows of the passengers whose PassengerId a CSV has."""
    ids = pd.read_csv(path)["PassengerId"]
    return passengers.index[passengers["PassengerId"].isin(ids)]
