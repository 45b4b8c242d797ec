"""Measure H2O's best GLM and GBM as AutoML tuned them, on the passengers of the ladder."""

from pathlib import Path

import pandas as pd

from byhand.automl.rungs import rungs
from byhand.automl.server import h2o_server
from byhand.pipeline.outputs import read_json, write_frame
from byhand.pipeline.params import load_params
from byhand.titanic.features import FEATURES
from byhand.titanic.ladder import HOLDOUT, measure, repeated_folds
from byhand.titanic.passengers import read_all, rows_of
from byhand.titanic.settings import Titanic


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(Path("data/titanic"))
    repeated = repeated_folds(passengers, titanic.folds, titanic.repetitions)
    holdout = rows_of(Path("data/titanic_features/holdout_test.csv"), passengers)
    measured, right = [], {}
    with h2o_server():
        # what is measured on the holdout must not have been tuned on it
        for part, parts in {"full": repeated, "holdout": {HOLDOUT: [holdout]}}.items():
            tuned = read_json(Path(f"data/titanic_automl/{part}/tuned.json"))
            ways = rungs(tuned, FEATURES[titanic.features])
            found, right[part] = measure(ways, passengers, parts, titanic.folds)
            measured.append(found)
    write_frame(Path("plots/titanic_h2o/measures.csv"), pd.concat(measured))
    shares = right["full"].rename_axis("passenger").reset_index()
    write_frame(Path("plots/titanic_h2o/right.csv"), shares)
