"""Write Kaggle's file: who survives among the 418 test passengers, by the ladder's choice."""

import logging
from pathlib import Path

from byhand.pipeline.outputs import read_json, write_frame
from byhand.pipeline.params import load_params
from byhand.titanic.features import FEATURES, engineered, known_in_folds
from byhand.titanic.passengers import read_all
from byhand.titanic.rules import RULES
from byhand.titanic.settings import Titanic

log = logging.getLogger(__name__)


def main() -> None:
    titanic = load_params("titanic", Titanic)
    chosen = read_json(Path("metrics/titanic_ladder.json"))["chosen"]
    passengers = read_all(Path("data/titanic"))
    survived = passengers.pop("Survived")
    fold = known_in_folds(survived, titanic.folds)
    passengers = passengers.assign(**engineered(passengers, survived, fold))
    if chosen in RULES:
        probability = RULES[chosen](passengers, survived)
    else:
        from byhand.automl.rungs import rungs
        from byhand.automl.server import h2o_server

        tuned = read_json(Path("data/titanic_automl/full/tuned.json"))
        with h2o_server():
            rung = rungs(tuned, FEATURES[titanic.features])[chosen]
            probability = rung(passengers, survived)
    asked = survived.isna()
    guess = passengers.loc[asked, ["PassengerId"]]
    guess["Survived"] = (probability[asked] > 0.5).astype(int)
    log.info("by %s, %d of %d survive", chosen, guess["Survived"].sum(), len(guess))
    write_frame(Path("data/submission.csv"), guess)
