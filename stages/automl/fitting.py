"""H2O AutoML: frames in, models and what is known of them out."""

import io
import json
import re
import tempfile
import warnings
import zipfile
from pathlib import Path

import h2o
import numpy as np
import pandas as pd
from h2o.automl import H2OAutoML
from h2o.estimators import (
    H2OGeneralizedLinearEstimator,
    H2OGradientBoostingEstimator,
)
from h2o.exceptions import H2ODependencyWarning
from h2o.frame import H2OFrame

# AutoML calls its models <algorithm>_<n>_AutoML_<run>_<date>_<time>[_model_<n>]
STAMP = re.compile(r"_AutoML_\d+_\d{8}_\d+")
# of each algorithm, what trains one and what AutoML chooses for it
ESTIMATORS = {
    "glm": (H2OGeneralizedLinearEstimator, ["family", "alpha"]),
    "gbm": (
        H2OGradientBoostingEstimator,
        [
            *("ntrees", "max_depth", "min_rows", "learn_rate", "sample_rate"),
            *("col_sample_rate", "col_sample_rate_per_tree", "min_split_improvement"),
            *("histogram_type", "distribution", "seed"),
        ],
    ),
}


def upload(frame: pd.DataFrame, categories: list[str]) -> H2OFrame:
    """Return an H2O frame of a pandas one, `categories` as such, the rest as numbers."""
    types = {name: "enum" if name in categories else "numeric" for name in frame}
    # as text, or a class 1 might arrive as 1.0
    as_text = frame.astype(dict.fromkeys(categories, "str"))
    return H2OFrame(as_text, column_types=types)


def split_rows(rows: int, ratio: float, seed: int) -> np.ndarray:
    """Return which rows H2O's split_frame puts first, about `ratio` of them, (rows,) bool."""
    numbers = H2OFrame(pd.DataFrame({"row": range(rows)}))
    first, _ = numbers.split_frame(ratios=[ratio], seed=seed)
    return np.isin(np.arange(rows), to_pandas(first)["row"])


def fit(
    frame: H2OFrame,
    features: list[str],
    target: str,
    *,
    max_models: int,
    seed: int,
    fold_column: str | None = None,
    monotone: dict[str, int] | None = None,
    leaderboard_frame: H2OFrame | None = None,
) -> H2OAutoML:
    """Train at most max_models models and cross-validate each; the same every time.

    What is tried are linear models and gradient-boosted trees. Left out are deep learning,
    which does not reproduce; XGBoost, which needs libraries of the machine's own; random
    forests, which can't be held to `monotone`; and ensembles, which nobody can read.

    Args:
        frame: features, target and, if named, the fold column.
        features: names of the columns to learn from.
        target: name of the column to predict: a category, or a number for a regression.
        max_models: >= 1.
        seed: of everything random.
        fold_column: the fold a row is held out in; without it, five folds.
        monotone: which way the prediction may go as a feature grows, 1 up or -1 down, of
            the trees that can be held to it.
        leaderboard_frame: the rows that rank the models; without it, cross-validation.
    """
    automl = H2OAutoML(
        max_models=max_models,
        seed=seed,
        include_algos=["GLM", "GBM"],
        keep_cross_validation_predictions=True,
        algo_parameters={"monotone_constraints": monotone} if monotone else None,
        verbosity=None,
    )
    automl.train(
        features,
        target,
        training_frame=frame,
        fold_column=fold_column,
        leaderboard_frame=leaderboard_frame,
    )
    return automl


def tuned(automl: H2OAutoML) -> dict[str, dict]:
    """Return the settings of the best model of each algorithm, by log loss."""
    settings = {}
    for algorithm, (_, names) in ESTIMATORS.items():
        model = automl.get_best_model(algorithm=algorithm, criterion="logloss")
        chosen = {name: model.actual_params[name] for name in names}
        if algorithm == "glm":  # what it lists is the path that its search took
            chosen["lambda_"] = H2OGeneralizedLinearEstimator.getLambdaBest(model)
        settings[algorithm] = chosen
    return settings


def fit_one(
    algorithm: str,
    settings: dict,
    frame: H2OFrame,
    features: list[str],
    target: str,
    monotone: dict[str, int],
):
    """Return a model of an algorithm, trained with settings as `tuned` returns them."""
    estimator, _ = ESTIMATORS[algorithm]
    if algorithm == "gbm":
        settings = settings | {"monotone_constraints": monotone}
    model = estimator(**settings)
    model.train(features, target, training_frame=frame)
    return model


def leaderboard(automl: H2OAutoML) -> pd.DataFrame:
    """Return one row a model, best first, under names without date and time."""
    table = to_pandas(automl.leaderboard)
    return table.assign(model_id=[STAMP.sub("", name) for name in table["model_id"]])


def variable_importance(model) -> pd.DataFrame:
    """Return one row a variable: variable, importance as a share of the whole, in [0, 1].

    A variable is a feature, or for a linear model one level of a category.
    """
    table = pd.DataFrame(
        model.varimp(), columns=["variable", "relative", "scaled", "importance"]
    )
    return table[["variable", "importance"]]


def probabilities(predictions: H2OFrame) -> np.ndarray:
    """Return the probability of the second of two classes, (rows,) float64."""
    return to_pandas(predictions).iloc[:, 2].to_numpy()


def to_pandas(frame: H2OFrame) -> pd.DataFrame:
    """Return an H2O frame as pandas, by way of one thread: it is small."""
    with warnings.catch_warnings(action="ignore", category=H2ODependencyWarning):
        return frame.as_data_frame(use_multi_thread=False)


def mojo(model) -> bytes:
    """Return a model's MOJO: what H2O scores with, without the data it was trained on.

    The same model gives the same bytes: what tells one run from another is left out or
    set to 0, that is the times of the zip's entries, `uuid` and `timestamp`, and of the
    description of the model all but its parameters.
    """
    with tempfile.TemporaryDirectory() as folder:
        downloaded = Path(model.download_mojo(folder)).read_bytes()
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(downloaded)) as source,
        zipfile.ZipFile(content, "w") as target,
    ):
        for name in sorted(source.namelist()):
            entry = source.read(name)
            if name == "model.ini":
                entry = re.sub(rb"(?m)^(uuid|timestamp) = .*$", rb"\1 = 0", entry)
            if name == "experimental/modelDetails.json":
                entry = parameters_alone(entry)
            target.writestr(zipfile.ZipInfo(name), entry, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def parameters_alone(details: bytes) -> bytes:
    """Return a model's description without all but the parameters that name no object.

    What goes are the names of frames and models, which carry the time of the run, and
    its history, which tells when and on what machine it ran.
    """
    parameters = [
        parameter
        for parameter in json.loads(details)["parameters"]
        if not isinstance(parameter["actual_value"], dict)
    ]
    return json.dumps({"parameters": parameters, "output": {}}).encode()


def score_mojo(path: Path, frame: H2OFrame) -> np.ndarray:
    """Return what the model of a MOJO says of each row, as `probabilities` does."""
    return probabilities(h2o.upload_mojo(str(path)).predict(frame))
