"""H2O's rungs of the ladder: a GLM and a GBM, with the settings that AutoML chose."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from byhand.automl.fitting import ESTIMATORS, probabilities, upload
from byhand.titanic.features import Feature, categories, monotone


def rungs(
    tuned: dict[str, dict], features: dict[str, Feature]
) -> dict[str, Callable[[pd.DataFrame, pd.Series], np.ndarray]]:
    """Return each rung by its name, to be called as titanic/rules.py's, on a server.

    tuned holds the settings of each algorithm, as `fitting.tuned` returns them.
    """
    return {
        f"h2o_{algorithm}": partial(rung, algorithm, tuned[algorithm], features)
        for algorithm in ESTIMATORS
    }


def rung(
    algorithm: str,
    settings: dict,
    features: dict[str, Feature],
    passengers: pd.DataFrame,
    survived: pd.Series,
) -> np.ndarray:
    """Return each passenger's probability of survival, by a model of the known ones."""
    table = passengers[list(features)].assign(Survived=survived)
    known = table[survived.notna()].astype({"Survived": int})
    estimator, _ = ESTIMATORS[algorithm]
    if algorithm == "gbm":
        settings = settings | {"monotone_constraints": monotone(features)}
    model = estimator(**settings)
    frame = upload(known, [*categories(features), "Survived"])
    model.train(list(features), "Survived", training_frame=frame)
    everyone = upload(table[list(features)], categories(features))
    return probabilities(model.predict(everyone))
