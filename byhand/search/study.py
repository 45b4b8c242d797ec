"""Optuna's study of a search: where it is kept, and which settings it proposes."""

import os
from pathlib import Path
from typing import Any

import optuna
from optuna.pruners import MedianPruner
from optuna.samplers import GridSampler
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
    choices = {k: list(map(str, values)) for k, values in space.items() if values[1:]}
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
            sampler=None if has_ranges else GridSampler(choices),
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
        if isinstance(among.low, int) and isinstance(among.high, int):
            return trial.suggest_int(name, *among, log=among.is_logarithmic)
        exact = trial.suggest_float(name, *among, log=among.is_logarithmic)
        return min(max(float(f"{exact:.3g}"), among.low), among.high)  # to be read

    drawn = {}
    for key, values in space.items():
        value, name = values[0], key
        if len(values) > 1:  # Optuna's choices are texts or numbers
            by_text = {str(value): value for value in values}
            text = trial.suggest_categorical(key, list(by_text))
            value, name = by_text[text], f"{key}={text}"
        drawn[key] = filled(value, number, name)
    return drawn
