"""Let AutoML find a model of survival: on the holdout's training part, or on all 891 rows."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from automl.fitting import (
    fit,
    leaderboard,
    load_mojo,
    mojo,
    probabilities,
    upload,
    variable_importance,
)
from automl.server import h2o_server
from pipeline.command import UserError, run
from pipeline.outputs import replacing, write_frame
from pipeline.params import load_params
from titanic.features import FEATURES, categories
from titanic.measures import best_threshold

log = logging.getLogger(__name__)

TRAINED_ON = {"holdout": "holdout_train", "full": "train"}


def main(part: str) -> None:
    params = load_params()
    if part not in TRAINED_ON:
        raise UserError(f"part must be one of {', '.join(TRAINED_ON)}, got {part}")
    features = FEATURES[params.titanic.features]
    train = pd.read_csv(Path(f"data/titanic_features/{TRAINED_ON[part]}.csv"))
    log.info("read %d rows of %d features", len(train), len(features))

    with h2o_server():
        frame = upload(train, [*categories(features), "Survived"])
        automl = fit(
            frame,
            list(features),
            "Survived",
            max_models=params.titanic.max_models,
            seed=params.seed,
            fold_column="fold",
            monotone={n: f.monotone for n, f in features.items() if f.monotone},
        )
        leader = automl.leader
        table = leaderboard(automl)
        importance = variable_importance(leader)
        held_out = probabilities(leader.cross_validation_holdout_predictions())

        path = Path(f"models/titanic_{part}.zip")
        with replacing(path) as temporary:
            temporary.write_bytes(mojo(leader))
            again = load_mojo(temporary)
            if not np.allclose(
                probabilities(again.predict(frame)),
                probabilities(leader.predict(frame)),
                atol=1e-12,
            ):
                raise RuntimeError(f"{path} predicts something else than its model")

    log.info("of %d models, the best is %s", len(table), table["model_id"][0])
    cross_validation = train[["PassengerId", "Survived"]].assign(probability=held_out)
    threshold = best_threshold(train["Survived"].to_numpy(), held_out)
    log.info("cross-validated AUC %.5f, threshold %.5f", table["auc"][0], threshold)
    write_frame(Path(f"data/titanic_cv/{part}.csv"), cross_validation)
    write_frame(Path(f"plots/titanic/leaderboard_{part}.csv"), table)
    write_frame(Path(f"plots/titanic/varimp_{part}.csv"), importance)


if __name__ == "__main__":
    run(main)
