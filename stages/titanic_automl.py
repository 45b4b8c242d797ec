"""Let AutoML find a model of survival: from the holdout's training part, or all 891 rows."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from byhand.automl import fitting
from byhand.automl.server import h2o_server
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import (
    replacing_folder,
    write_bytes,
    write_frame,
    write_json,
)
from byhand.pipeline.params import Seed, load_params
from byhand.titanic.features import FEATURES, categories, monotone
from byhand.titanic.settings import Titanic

log = logging.getLogger(__name__)

TRAINED_ON = {"holdout": "holdout_train", "full": "train"}


def main(part: str) -> None:
    titanic = load_params("titanic", Titanic)
    if part not in TRAINED_ON:
        raise UserError(f"part must be one of {', '.join(TRAINED_ON)}, got {part}")
    features = FEATURES[titanic.features]
    train = pd.read_csv(Path(f"data/titanic_features/{TRAINED_ON[part]}.csv"))
    log.info("read %d rows of %d features", len(train), len(features))

    with h2o_server():
        frame = fitting.upload(train, [*categories(features), "Survived"])
        automl = fitting.fit(
            frame,
            list(features),
            "Survived",
            max_models=titanic.max_models,
            seed=load_params("seed", Seed),
            fold_column="fold",
            monotone=monotone(features),
        )
        leader, table = automl.leader, fitting.leaderboard(automl)
        importance = fitting.variable_importance(leader)
        with replacing_folder(Path(f"data/titanic_automl/{part}")) as folder:
            write_json(folder / "tuned.json", fitting.tuned(automl))
            write_bytes(folder / "model.zip", fitting.mojo(leader))
            predicted = fitting.probabilities(leader.predict(frame))
            from_mojo = fitting.score_mojo(folder / "model.zip", frame)
            if not np.allclose(from_mojo, predicted, atol=1e-12):
                raise RuntimeError(f"the MOJO of {leader.model_id} predicts otherwise")
            if part == "holdout":  # titanic_evaluate chooses its threshold by these
                held_out = leader.cross_validation_holdout_predictions()
                rows = train[["PassengerId", "Survived"]]
                rows = rows.assign(probability=fitting.probabilities(held_out))
                write_frame(folder / "cross_validation.csv", rows)

    name, auc = table.loc[0, ["model_id", "auc"]]
    log.info("best of %d models: %s, cross-validated AUC %.5f", len(table), name, auc)
    write_frame(Path(f"plots/titanic/leaderboard_{part}.csv"), table)
    write_frame(Path(f"plots/titanic/varimp_{part}.csv"), importance)
