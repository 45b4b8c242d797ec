"""Measure the holdout model on the rows it never saw."""

import logging
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

from stages.automl.fitting import score_mojo, upload
from stages.automl.server import h2o_server
from stages.pipeline.files import write_frame, write_json
from stages.pipeline.params import load_params
from stages.titanic.features import FEATURES, categories
from stages.titanic.measures import (
    accuracy_by_threshold,
    best_threshold,
    binary_report,
    calibration,
    precision_recall,
    roc,
)
from stages.titanic.settings import Titanic

log = logging.getLogger(__name__)

PLOTS = Path("plots/titanic")
NAMES = {0: "died", 1: "survived"}


def main() -> None:
    features = FEATURES[load_params("titanic", Titanic).features]
    unseen = pd.read_csv("data/titanic_features/holdout_test.csv")
    held_out = pd.read_csv("data/titanic_cv/holdout.csv")
    log.info("read %d rows that the model never saw", len(unseen))
    with h2o_server():
        frame = upload(unseen[list(features)], categories(features))
        probability = score_mojo(Path("models/titanic_holdout.zip"), frame)

    # the threshold comes from cross-validation within the training part
    known, known_probability = (
        held_out[column].to_numpy() for column in ("Survived", "probability")
    )
    threshold = best_threshold(known, known_probability)
    survived = unseen["Survived"].to_numpy()
    report = binary_report(survived, probability, threshold)
    log.info(
        "accuracy %.5f, 95 %% interval %.3f to %.3f",
        *(report[key] for key in ("accuracy", "accuracy_low", "accuracy_high")),
    )
    write_json(
        Path("metrics/titanic.json"),
        {
            **report,
            "cv_auc": roc_auc_score(known, known_probability),
            "cv_accuracy": float(((known_probability > threshold) == known).mean()),
        },
    )
    confusion = pd.DataFrame({"actual": survived, "predicted": probability > threshold})
    write_frame(PLOTS / "confusion.csv", confusion.astype(int).replace(NAMES))
    write_frame(PLOTS / "roc.csv", roc(survived, probability))
    write_frame(PLOTS / "precision_recall.csv", precision_recall(survived, probability))
    write_frame(PLOTS / "calibration.csv", calibration(survived, probability))
    write_frame(
        PLOTS / "threshold.csv", accuracy_by_threshold(known, known_probability)
    )
