"""Kaggle's file: what the full model says of the 418 passengers whose fate Kaggle keeps."""

import logging
from pathlib import Path

from pipeline.command import run

import pandas as pd

from automl.fitting import score_mojo, upload
from automl.server import h2o_server
from pipeline.errors import UserError
from pipeline.outputs import write_frame
from pipeline.params import load_params
from titanic.features import FEATURES, categories
from titanic.measures import best_threshold
from titanic.passengers import read_passengers

log = logging.getLogger(__name__)


def main() -> None:
    features = FEATURES[load_params().titanic.features]
    passengers = pd.read_csv("data/titanic_features/test.csv")
    asked = read_passengers(Path("data/titanic/test.csv"), survival_known=False)
    if passengers["PassengerId"].tolist() != asked["PassengerId"].tolist():
        raise UserError(
            "data/titanic_features/test.csv has other passengers than "
            "data/titanic/test.csv; run dvc repro"
        )
    with h2o_server():
        frame = upload(passengers[list(features)], categories(features))
        probability = score_mojo(Path("models/titanic_full.zip"), frame)

    held_out = pd.read_csv("data/titanic_cv/full.csv")
    threshold = best_threshold(
        held_out["Survived"].to_numpy(), held_out["probability"].to_numpy()
    )
    guess = passengers[["PassengerId"]].assign(
        Survived=(probability > threshold).astype(int)
    )
    log.info("%d of %d survive", guess["Survived"].sum(), len(guess))
    write_frame(Path("data/submission.csv"), guess)


if __name__ == "__main__":
    run(main)
