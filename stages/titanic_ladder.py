"""Measure AutoML's models against plainer ways to guess, and choose who is to be handed in.

The chosen one is the simplest whose accuracy in repeated cross-validation lies within one
standard error of the best. H2O's take minutes: they are measured by `titanic_h2o`, beside
the pipeline.
"""

import logging
from pathlib import Path

import pandas as pd

from stages.pipeline.files import write_frame, write_json
from stages.pipeline.params import load_params
from stages.titanic.ladder import (
    HOLDOUT,
    choose,
    measure,
    repeated_folds,
    summarize,
)
from stages.titanic.passengers import read_all
from stages.titanic.rules import RULES
from stages.titanic.settings import Titanic

log = logging.getLogger(__name__)


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(Path("data/titanic"))
    parts = repeated_folds(passengers, titanic.folds, titanic.repetitions)
    unseen = pd.read_csv("data/titanic_features/holdout_test.csv")["PassengerId"]
    parts[HOLDOUT] = [passengers.index[passengers["PassengerId"].isin(unseen)]]
    of_rules = measure(RULES, passengers, parts, titanic.folds)
    of_h2o = pd.read_csv("plots/titanic_h2o.csv")
    measured = pd.concat([of_rules, of_h2o], ignore_index=True)
    ladder = summarize(measured.astype({"repetition": "str"}))
    chosen = choose(ladder)
    log.info("of %d rungs, %s is chosen", len(ladder), chosen)
    write_frame(Path("plots/titanic/ladder.csv"), ladder)
    rungs = {
        rung: measures.dropna().to_dict()
        for rung, measures in ladder.set_index("rung").iterrows()
    }
    write_json(Path("metrics/titanic_ladder.json"), {"chosen": chosen, "rungs": rungs})
