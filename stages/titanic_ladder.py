"""Measure AutoML's models against plainer ways to guess, and choose which guess to submit.

H2O's models take minutes: the study `titanic_h2o` measures them.
"""

import logging
from pathlib import Path

import pandas as pd

from byhand.pipeline.outputs import write_frame, write_json
from byhand.pipeline.params import load_params
from byhand.titanic.ladder import HOLDOUT, choose, measure, repeated_folds, summarize
from byhand.titanic.passengers import read_all, rows_of
from byhand.titanic.rules import RULES
from byhand.titanic.settings import Titanic

log = logging.getLogger(__name__)


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(Path("data/titanic"))
    parts = repeated_folds(passengers, titanic.folds, titanic.repetitions)
    unseen = rows_of(Path("data/titanic_features/holdout_test.csv"), passengers)
    parts[HOLDOUT] = [unseen]
    measured, right = measure(RULES, passengers, parts, titanic.folds)
    of_h2o = pd.read_csv("plots/titanic_h2o/measures.csv")
    right_of_h2o = pd.read_csv("plots/titanic_h2o/right.csv")
    measured = pd.concat([measured, of_h2o], ignore_index=True)
    right = right.join(right_of_h2o.set_index("passenger"))
    ladder = summarize(measured.astype({"repetition": "str"}), right)
    chosen = choose(ladder)
    log.info("%s is chosen from %d rungs", chosen, len(ladder))
    write_frame(Path("plots/titanic/ladder.csv"), ladder)
    rows = ladder.set_index("rung").iterrows()
    rungs = {rung: measures.dropna().to_dict() for rung, measures in rows}
    write_json(Path("metrics/titanic_ladder.json"), {"chosen": chosen, "rungs": rungs})
