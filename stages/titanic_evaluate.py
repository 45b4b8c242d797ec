"""Measure the holdout model on rows that the model never saw."""

import logging
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

from byhand.automl.fitting import score_mojo, upload
from byhand.automl.server import h2o_server
from byhand.pipeline.outputs import write_frame, write_json
from byhand.pipeline.params import load_params
from byhand.titanic import measures
from byhand.titanic.features import FEATURES, categories
from byhand.titanic.settings import Titanic

log = logging.getLogger(__name__)

AUTOML = Path("data/titanic_automl/holdout")


def main() -> None:
    features = FEATURES[load_params("titanic", Titanic).features]
    unseen = pd.read_csv("data/titanic_features/holdout_test.csv")
    held_out = pd.read_csv(AUTOML / "cross_validation.csv")
    log.info("read %d rows that the model never saw", len(unseen))
    with h2o_server():
        frame = upload(unseen[list(features)], categories(features))
        probability = score_mojo(AUTOML / "model.zip", frame)

    # the threshold comes from cross-validation within the training part
    known, known_probability = held_out[["Survived", "probability"]].to_numpy().T
    threshold = measures.best_threshold(known, known_probability)
    survived = unseen["Survived"].to_numpy()
    report = measures.binary_report(survived, probability, threshold)
    figures = [report[key] for key in ("accuracy", "accuracy_low", "accuracy_high")]
    log.info("accuracy %.5f, 95 %% interval %.3f to %.3f", *figures)
    report["cv_auc"] = roc_auc_score(known, known_probability)
    report["cv_accuracy"] = float(((known_probability > threshold) == known).mean())
    write_json(Path("metrics/titanic.json"), report)
    fates = pd.DataFrame({"actual": survived, "predicted": probability > threshold})
    tables = {
        "confusion": fates.astype(int).replace({0: "died", 1: "survived"}),
        "roc": measures.roc(survived, probability),
        "precision_recall": measures.precision_recall(survived, probability),
        "calibration": measures.calibration(survived, probability),
        "threshold": measures.accuracy_by_threshold(known, known_probability),
    }
    for name, table in tables.items():
        write_frame(Path(f"plots/titanic/{name}.csv"), table)
