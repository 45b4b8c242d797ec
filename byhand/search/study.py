"""Optuna's study of a search: where it is kept, and which settings it proposes."""

import os
from pathlib import Path
from typing import Any

import optuna
from optuna.pruners import MedianPruner
from optuna.samplers import BruteForceSampler
from optuna.trial import Trial
from sqlalchemy.exc import SQLAlchemyError

from byhand.pipeline.environment import spare_loopback, split_login
from byhand.pipeline.errors import UserError
from byhand.search.space import Range, Space, corners, filled

FILE = Path(".dvc/tmp/sweep.db")
SECONDS = 30  # to wait for Optuna's proxy
FIRST_TRIES = 5  # which train to their end, so that there is a median


def open_study(name: str, space: Space, warm_up: int) -> optuna.Study:
    """Return the study of this name; create it if there is none yet.

    warm_up: epochs after which a try may end early, if it is below the median of others.

    Raises:
        UserError: Optuna can't use SWEEP_STORAGE.
    """
    url = storage = os.environ.get("SWEEP_STORAGE") or f"sqlite:///{FILE}"
    FILE.parent.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # its warnings have tracebacks
    spare_loopback()
    has_ranges = any(corners(values) != values for values in space.values())
    try:
        if url.startswith("grpc://"):
            host, _, port = url.removeprefix("grpc://").partition(":")
            storage = optuna.storages.GrpcStorageProxy(host=host, port=int(port))
            storage.wait_server_ready(timeout=SECONDS)
        return optuna.create_study(
            storage=storage,
            study_name=name,
            direction="maximize",
            load_if_exists=True,
            pruner=MedianPruner(FIRST_TRIES, n_warmup_steps=warm_up),
            # of choices alone, it tries each combination once
            sampler=None if has_ranges else BruteForceSampler(),
        )
    except (ConnectionError, ImportError, ValueError, SQLAlchemyError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"SWEEP_STORAGE must be a URL that Optuna can use, or grpc://HOST:PORT of its "
            f"proxy, got {split_login(url)[0]!r}: {reason}"
        ) from error


def draw(trial: Trial, space: Space) -> dict[str, Any]:
    """Return a value for each key of a search, as Optuna proposes them."""

    def number(name: str, among: Range) -> float:
        is_whole = isinstance(among.low, int) and isinstance(among.high, int)
        suggest = trial.suggest_int if is_whole else trial.suggest_float
        return suggest(name, *among, log=among.is_logarithmic)

    drawn = {}
    for key, values in space.items():
        by_name = {str(value): value for value in values}
        # Optuna's choices are texts or numbers
        name = trial.suggest_categorical(key, list(by_name)) if values[1:] else key
        drawn[key] = filled(by_name.get(name, values[0]), number, name)
    return drawn
