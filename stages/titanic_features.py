"""Features of the Titanic's passengers, for two models.

The full model is trained on Kaggle's 891 rows (train.csv) and scores its 418 (test.csv).
The holdout model is trained on 80 % of the 891 (holdout_train.csv) and measured on the
rest (holdout_test.csv), whose survival its features know nothing of.
"""

import logging
from pathlib import Path

import pandas as pd

from stages.automl.fitting import split_rows
from stages.automl.server import h2o_server
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_frame
from stages.pipeline.params import load_params
from stages.titanic.features import engineered, known_in_folds, raw
from stages.titanic.passengers import read_all
from stages.titanic.settings import Titanic

log = logging.getLogger(__name__)

INPUTS = Path("data/titanic")
OUTPUTS = Path("data/titanic_features")


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(INPUTS)
    in_train = passengers["Survived"].notna()
    train, rest = passengers[in_train], passengers[~in_train]
    log.info("read %s: %d training and %d test rows", INPUTS, len(train), len(rest))
    with h2o_server():
        first = split_rows(len(train), titanic.train_rate, titanic.split_seed)

    for part in (first, ~first):
        if train["Survived"][part].nunique() < 2:
            raise UserError(
                f"titanic.train_rate {titanic.train_rate} and titanic.split_seed "
                f"{titanic.split_seed} leave a part of {part.sum()} rows in which all "
                "survived or none, expected some of both"
            )

    in_first = pd.Series(first).reindex(passengers.index, fill_value=False)

    table = features(passengers, in_train, titanic)
    write_frame(OUTPUTS / "train.csv", table[in_train])
    write_frame(
        OUTPUTS / "test.csv", table[~in_train].drop(columns=["Survived", "fold"])
    )

    table = features(passengers, in_first, titanic)
    write_frame(OUTPUTS / "holdout_train.csv", table[in_first])
    write_frame(
        OUTPUTS / "holdout_test.csv", table[in_train & ~in_first].drop(columns="fold")
    )


def features(
    passengers: pd.DataFrame, known: pd.Series, titanic: Titanic
) -> pd.DataFrame:
    """Return the features of all passengers, given the survival of those `known`.

    Columns PassengerId and Survived, the features, and the fold in which a known
    passenger is held out.
    """
    survived = passengers["Survived"].where(known)
    fold = known_in_folds(survived, titanic.folds)
    if titanic.features == "raw":
        columns = raw(passengers)
    else:
        columns = engineered(passengers, survived, fold)
    table = pd.concat([passengers[["PassengerId", "Survived"]], columns], axis=1)
    return table.astype({"Survived": "Int64"}).assign(fold=fold)
