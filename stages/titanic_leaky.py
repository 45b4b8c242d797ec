"""The tutorial's own recipe, as a warning: the model is measured on its training rows.

Survival is a number to regress, and each name is a category. The best model is chosen on
a validation part that the model was trained on, too. The threshold and the figures come
from all 891 training rows. The figures, with the prefix leaky_, look perfect, and say
nothing about passengers that the model has not seen.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from byhand.automl.fitting import fit, split_rows, to_pandas, upload
from byhand.automl.server import h2o_server
from byhand.pipeline.outputs import write_json
from byhand.pipeline.params import Seed, load_params
from byhand.titanic.features import RAW, categories
from byhand.titanic.measures import best_threshold, binary_report
from byhand.titanic.passengers import read_passengers
from byhand.titanic.settings import Titanic


def main() -> None:
    titanic = load_params("titanic", Titanic)
    train = read_passengers(Path("data/titanic/train.csv"), survival_known=True)
    # H2O read tickets as numbers there: those with letters were lost
    train["Ticket"] = pd.to_numeric(train["Ticket"], errors="coerce")
    text = [name for name in categories(RAW) if name != "Ticket"]
    with h2o_server():
        validation = ~split_rows(len(train), titanic.train_rate, titanic.split_seed)
        frame = upload(train, text)
        automl = fit(
            frame,
            list(RAW),
            "Survived",
            max_models=titanic.max_models,
            seed=load_params("seed", Seed),
            leaderboard_frame=upload(train[validation], text),
        )
        prediction = to_pandas(automl.leader.predict(frame))["predict"].to_numpy()

    survived = train["Survived"].to_numpy()
    probability = np.clip(prediction, 0, 1)  # a regression may leave [0, 1]
    threshold = best_threshold(survived, probability)
    report = binary_report(survived, probability, threshold)
    again = binary_report(survived[validation], probability[validation], threshold)
    leaky = {f"leaky_{key}": value for key, value in report.items()}
    for key in ("mse", "rmse", "mae", "rmsle", "r2", "rows"):
        leaky[f"leaky_validation_{key}"] = again[key]
    write_json(Path("metrics/titanic_leaky.json"), leaky)
