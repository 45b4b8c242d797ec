"""H2O AutoML: frames in, models and their figures out."""

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
from h2o.estimators import H2OGeneralizedLinearEstimator, H2OGradientBoostingEstimator
from h2o.exceptions import H2ODependencyWarning
from h2o.frame import H2OFrame

# AutoML calls its models <algorithm>_<n>_AutoML_<run>_<date>_<time>[_model_<n>]
STAMP = re.compile(r"_AutoML_\d+_\d{8}_\d+")
# by algorithm: what trains a model, and the settings that AutoML chooses
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
    """Return a pandas frame as H2O's: `categories` as such, all other columns as numbers."""
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
    """Train and cross-validate at most max_models models; the same ones every time.

    They are linear models and gradient-boosted trees. Deep learning does not reproduce,
    XGBoost needs libraries of the machine, random forests can't be held to `monotone`, and
    nobody can read ensembles.

    Args:
        frame: has the columns `features`, `target` and, if named, `fold_column`.
        target: a category, or a number for a regression.
        fold_column: the fold in which a row is held out; five folds by default.
        monotone: how trees may let the prediction change as a feature grows, 1 up or -1 down.
        leaderboard_frame: rows that rank the models; cross-validation by default.
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
        features, target, frame, fold_column, leaderboard_frame=leaderboard_frame
    )
    return automl


def tuned(automl: H2OAutoML) -> dict[str, dict]:
    """Return the settings of each algorithm's best model, by log loss."""
    settings = {}
    for algorithm, (_, names) in ESTIMATORS.items():
        model = automl.get_best_model(algorithm=algorithm, criterion="logloss")
        settings[algorithm] = {name: model.actual_params[name] for name in names}
        if algorithm == "glm":  # its parameters list all of the lambdas that were tried
            best = H2OGeneralizedLinearEstimator.getLambdaBest(model)
            settings[algorithm]["lambda_"] = best
    return settings


def leaderboard(automl: H2OAutoML) -> pd.DataFrame:
    """Return one row a model, best first, under names without date and time."""
    table = to_pandas(automl.leaderboard)
    return table.assign(model_id=[STAMP.sub("", name) for name in table["model_id"]])


def variable_importance(model) -> pd.DataFrame:
    """Return one row a variable: variable, importance as a share of the whole, in [0, 1].

    A variable is a feature; in a linear model, it can be one level of a category.
    """
    columns = ["variable", "relative", "scaled", "importance"]
    return pd.DataFrame(model.varimp(), columns=columns)[["variable", "importance"]]


def probabilities(predictions: H2OFrame) -> np.ndarray:
    """Return the probability of the second of two classes, (rows,) float64."""
    return to_pandas(predictions).iloc[:, 2].to_numpy()


def to_pandas(frame: H2OFrame) -> pd.DataFrame:
    """Return an H2O frame as pandas, read by one thread: the frame is small."""
    with warnings.catch_warnings(action="ignore", category=H2ODependencyWarning):
        return frame.as_data_frame(use_multi_thread=False)


def mojo(model) -> bytes:
    """Return a model's MOJO: what H2O scores with, without the training data.

    The same model gives the same bytes, for nothing is kept that tells runs apart: the
    times of the zip's entries, `uuid` and `timestamp` are set to 0, and the description of
    the model keeps only parameters that name no frame and no model.
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
                parameters = json.loads(entry)["parameters"]
                kept = [
                    p for p in parameters if not isinstance(p["actual_value"], dict)
                ]
                entry = json.dumps({"parameters": kept, "output": {}}).encode()
            target.writestr(zipfile.ZipInfo(name), entry, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def score_mojo(path: Path, frame: H2OFrame) -> np.ndarray:
    """Return each row's probability by the model of a MOJO, as `probabilities` does."""
    return probabilities(h2o.upload_mojo(str(path)).predict(frame))
