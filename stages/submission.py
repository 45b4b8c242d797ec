"""Kaggle's file: what the ladder's choice says of the passengers whose fate Kaggle keeps."""

import json
import logging
from pathlib import Path

from stages.pipeline.files import write_frame
from stages.pipeline.params import load_params
from stages.titanic.features import engineered, known_in_folds
from stages.titanic.passengers import read_all
from stages.titanic.rules import RULES
from stages.titanic.settings import Titanic

log = logging.getLogger(__name__)


def main() -> None:
    titanic = load_params("titanic", Titanic)
    chosen = json.loads(Path("metrics/titanic_ladder.json").read_text())["chosen"]
    passengers = read_all(Path("data/titanic"))
    survived = passengers.pop("Survived")
    fold = known_in_folds(survived, titanic.folds)
    passengers = passengers.assign(**engineered(passengers, survived, fold))
    if chosen in RULES:
        probability = RULES[chosen](passengers, survived)
    else:
        from stages.automl.server import h2o_server
        from stages.titanic_h2o import rungs

        with h2o_server():
            probability = rungs("full", titanic)[chosen](passengers, survived)
    asked = survived.isna()
    guess = passengers.loc[asked, ["PassengerId"]].assign(
        Survived=(probability[asked] > 0.5).astype(int)
    )
    log.info("by %s, %d of %d survive", chosen, guess["Survived"].sum(), len(guess))
    write_frame(Path("data/submission.csv"), guess)
