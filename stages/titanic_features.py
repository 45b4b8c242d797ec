"""Features of the Titanic's passengers, for two models.

The full model is trained on Kaggle's 891 rows (train.csv). The holdout model is trained on
80 % of the 891 (holdout_train.csv) and measured on the rest (holdout_test.csv); none of
its features knows who survived among the rest.
"""

import logging
from pathlib import Path

import pandas as pd

from byhand.automl.fitting import split_rows
from byhand.automl.server import h2o_server
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_frame
from byhand.pipeline.params import load_params
from byhand.titanic.features import RAW, engineered, known_in_folds
from byhand.titanic.passengers import read_all
from byhand.titanic.settings import Titanic

log = logging.getLogger(__name__)

INPUTS = Path("data/titanic")
OUTPUTS = Path("data/titanic_features")


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(INPUTS)
    in_train = passengers["Survived"].notna()
    train = passengers[in_train]
    log.info("read %s: %d of %d passengers train", INPUTS, len(train), len(passengers))
    with h2o_server():
        first = split_rows(len(train), titanic.train_rate, titanic.split_seed)

    for part in (first, ~first):
        if train["Survived"][part].nunique() < 2:
            raise UserError(
                f"titanic.train_rate {titanic.train_rate} and titanic.split_seed "
                f"{titanic.split_seed} leave a part of {part.sum()} rows in which all "
                "survived or none, expected some of both"
            )

    table = features(passengers, in_train, titanic)
    write_frame(OUTPUTS / "train.csv", table[in_train])

    in_first = pd.Series(first).reindex(passengers.index, fill_value=False)
    table = features(passengers, in_first, titanic)
    write_frame(OUTPUTS / "holdout_train.csv", table[in_first])
    rest = table[in_train & ~in_first].drop(columns="fold")
    write_frame(OUTPUTS / "holdout_test.csv", rest)


def features(
    passengers: pd.DataFrame, known: pd.Series, titanic: Titanic
) -> pd.DataFrame:
    """Return the features of all passengers, given only the survival of those `known`.

    Columns PassengerId, Survived, the features, and fold: the one that holds a row out.
    """
    survived = passengers["Survived"].where(known)
    fold = known_in_folds(survived, titanic.folds)
    if titanic.features == "raw":
        columns = passengers[list(RAW)]
    else:
        columns = engineered(passengers, survived, fold)
    table = pd.concat([passengers[["PassengerId", "Survived"]], columns], axis=1)
    return table.astype({"Survived": "Int64"}).assign(fold=fold)
