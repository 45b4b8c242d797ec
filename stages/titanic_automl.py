"""Let AutoML find a model of survival: on the holdout's training part, or on all 891 rows."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from stages.automl.fitting import (
    fit,
    leaderboard,
    mojo,
    probabilities,
    score_mojo,
    tuned,
    upload,
    variable_importance,
)
from stages.automl.server import h2o_server
from stages.pipeline.errors import UserError
from stages.pipeline.files import replacing, write_frame, write_json
from stages.pipeline.params import Seed, load_params
from stages.titanic.features import FEATURES, categories, monotone
from stages.titanic.settings import Titanic

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
        frame = upload(train, [*categories(features), "Survived"])
        automl = fit(
            frame,
            list(features),
            "Survived",
            max_models=titanic.max_models,
            seed=load_params("seed", Seed),
            fold_column="fold",
            monotone=monotone(features),
        )
        settings = tuned(automl)
        leader = automl.leader
        table = leaderboard(automl)
        importance = variable_importance(leader)
        held_out = probabilities(leader.cross_validation_holdout_predictions())

        path = Path(f"models/titanic_{part}.zip")
        with replacing(path) as temporary:
            temporary.write_bytes(mojo(leader))
            predicted = probabilities(leader.predict(frame))
            if not np.allclose(score_mojo(temporary, frame), predicted, atol=1e-12):
                raise RuntimeError(f"{path} predicts something else than its model")

    log.info(
        "of %d models, the best is %s, cross-validated AUC %.5f",
        len(table),
        table["model_id"][0],
        table["auc"][0],
    )
    cross_validation = train[["PassengerId", "Survived"]].assign(probability=held_out)
    write_frame(Path(f"data/titanic_cv/{part}.csv"), cross_validation)
    write_json(Path(f"data/titanic_tuned/{part}.json"), settings)
    write_frame(Path(f"plots/titanic/leaderboard_{part}.csv"), table)
    write_frame(Path(f"plots/titanic/varimp_{part}.csv"), importance)
