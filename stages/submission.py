"""Kaggle's file: what the full model says of the 418 passengers whose fate Kaggle keeps."""

import logging
from pathlib import Path

import pandas as pd

from stages.automl.fitting import score_mojo, upload
from stages.automl.server import h2o_server
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_frame
from stages.pipeline.params import load_params
from stages.titanic.features import FEATURES, categories
from stages.titanic.measures import best_threshold
from stages.titanic.passengers import read_passengers
from stages.titanic.settings import Titanic

log = logging.getLogger(__name__)


def main() -> None:
    features = FEATURES[load_params("titanic", Titanic).features]
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
