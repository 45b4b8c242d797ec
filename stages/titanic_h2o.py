"""Measure H2O's best GLM and GBM as AutoML tuned them, on the passengers of the ladder."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from stages.automl.fitting import fit_one, probabilities, upload
from stages.automl.server import h2o_server
from stages.pipeline.files import write_frame
from stages.pipeline.params import load_params
from stages.titanic.features import FEATURES, categories, monotone
from stages.titanic.ladder import HOLDOUT, measure, repeated_folds
from stages.titanic.passengers import read_all
from stages.titanic.settings import Titanic


def main() -> None:
    titanic = load_params("titanic", Titanic)
    passengers = read_all(Path("data/titanic"))
    repeated = repeated_folds(passengers, titanic.folds, titanic.repetitions)
    unseen = pd.read_csv("data/titanic_features/holdout_test.csv")["PassengerId"]
    once = {HOLDOUT: [passengers.index[passengers["PassengerId"].isin(unseen)]]}
    with h2o_server():
        # what is measured on the holdout must not have been tuned on it
        measured = [
            measure(rungs(part, titanic), passengers, parts, titanic.folds)
            for part, parts in {"full": repeated, "holdout": once}.items()
        ]
    write_frame(Path("plots/titanic_h2o.csv"), pd.concat(measured))


def rungs(part: str, titanic: Titanic) -> dict[str, Callable]:
    """Return H2O's rungs of the ladder, with what AutoML chose for a part."""
    settings = json.loads(Path(f"data/titanic_tuned/{part}.json").read_text())
    return {
        f"h2o_{algorithm}": partial(rung, algorithm, settings[algorithm], titanic)
        for algorithm in ("glm", "gbm")
    }


def rung(
    algorithm: str,
    settings: dict,
    titanic: Titanic,
    passengers: pd.DataFrame,
    survived: pd.Series,
) -> np.ndarray:
    """Return the probability of survival of each passenger, by a model of the known ones."""
    features = FEATURES[titanic.features]
    table = passengers[list(features)].assign(Survived=survived)
    known = table[survived.notna()].astype({"Survived": int})
    model = fit_one(
        algorithm,
        settings,
        upload(known, [*categories(features), "Survived"]),
        list(features),
        "Survived",
        monotone(features),
    )
    everyone = upload(table[list(features)], categories(features))
    return probabilities(model.predict(everyone))
