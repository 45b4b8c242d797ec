"""Kaggle's two files: the passengers whose survival is known, and the others."""

from pathlib import Path

import pandas as pd

from pipeline.command import UserError

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


def read_passengers(path: Path, *, survival_known: bool) -> pd.DataFrame:
    """Read one of Kaggle's files, each column as the type that TYPES states.

    Args:
        path: data/titanic/train.csv or test.csv, or a user's own from Kaggle.
        survival_known: whether it has the column Survived.

    Raises:
        UserError: it can't be read, a column is missing or holds something else, a
            passenger comes twice, or there is none.
    """
    types = {
        name: kind
        for name, kind in TYPES.items()
        if survival_known or name != "Survived"
    }
    try:
        passengers = pd.read_csv(
            path,
            dtype=types,
            usecols=list(types),
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
        )
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path} is not Kaggle's: {error}") from error
    if passengers.empty:
        raise UserError(f"{path} has no rows")
    ids = passengers["PassengerId"]
    if ids.duplicated().any():
        twice = ids[ids.duplicated()].iloc[0]
        raise UserError(f"{path} has PassengerId {twice} twice")
    if survival_known and not passengers["Survived"].isin([0, 1]).all():
        raise UserError(f"{path} has a Survived that is neither 0 nor 1")
    return passengers[list(types)]
