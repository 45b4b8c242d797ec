"""Search for the settings of a model, each try a DVC experiment; not a stage of the pipeline.

Optuna proposes a learning rate and a width for the perceptron; the stage `validate` says how
well they do, on rows of the training set that it does not train on. The study lies where
SWEEP_STORAGE says, by default in a file here: machines that all reach it work on one study,
and SWEEP_PUSH names the Git remote to which each sends its experiments.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import optuna
from dvc.api import metrics_show
from optuna.trial import FrozenTrial, Trial
from sqlalchemy.exc import SQLAlchemyError

from stages.pipeline.command import output
from stages.pipeline.environment import whole_number
from stages.pipeline.errors import UserError

log = logging.getLogger(__name__)

MODEL = "mlp_fashion_scratch"
METRIC = f"metrics/validation/{MODEL}.json"
FILE = Path(".dvc/tmp/sweep.db")
SECONDS = 30  # that Optuna's proxy may take to answer


def main() -> None:
    tries = whole_number("TRIALS", 1, 10_000, default=20)
    workers = whole_number("WORKERS", 1, 1000, default=2)
    if output("git", "status", "--porcelain", "--untracked-files=no"):
        raise UserError("a search begins at a commit: git commit or git restore first")
    # a warning of Optuna's comes with a traceback
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = open_study(output("git", "rev-parse", "--short", "HEAD").decode().strip())
    os.environ.setdefault("PRELOAD", "0")  # one stage of a try imports PyTorch
    if workers > 1:
        os.environ.setdefault("THREADS", "1")  # they share the cores
    with clones(workers) as free:
        study.optimize(partial(run, free), tries, n_jobs=workers)
    best = study.best_trial
    print(
        f"\nThe best of {len(study.trials)} tries, {best.value:.4f} of the validation"
    )
    print(f"rows right, is {best.params}. To take it over: dvc exp apply {name(best)}")


def open_study(commit: str) -> optuna.Study:
    """Return the study of a commit, a new one if there is none yet.

    Raises:
        UserError: SWEEP_STORAGE names none that can be used here.
    """
    url = os.environ.get("SWEEP_STORAGE") or f"sqlite:///{FILE}"
    storage = url
    FILE.parent.mkdir(parents=True, exist_ok=True)
    try:
        if url.startswith("grpc://"):
            host, _, port = url.removeprefix("grpc://").partition(":")
            storage = optuna.storages.GrpcStorageProxy(host=host, port=int(port))
            storage.wait_server_ready(timeout=SECONDS)
        study = optuna.create_study(
            storage=storage,
            study_name=f"{MODEL} at {commit}",
            direction="maximize",
            load_if_exists=True,
        )
    except (ConnectionError, ImportError, ValueError, SQLAlchemyError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"SWEEP_STORAGE must be a URL that Optuna can use, or grpc://HOST:PORT of its "
            f"proxy, got {url!r}: {reason}"
        ) from error
    return study


@contextmanager
def clones(count: int) -> Iterator[SimpleQueue[str]]:
    """Yield clones of this commit, which share DVC's cache: each runs one try at a time."""
    cache = output("dvc", "cache", "dir").decode().strip()
    free = SimpleQueue()
    with TemporaryDirectory(prefix="sweep-") as folder:
        for number in range(count):
            clone = f"{folder}/{number}"
            output("git", "clone", "--quiet", ".", clone)
            output("dvc", "--cd", clone, "config", "--local", "cache.dir", cache)
            free.put(clone)
        yield free


def run(free: SimpleQueue[str], trial: Trial) -> float:
    """Return the accuracy on validation rows that a try's settings lead to.

    Args:
        free: clones that no other try runs in.
        trial: whose settings Optuna is to choose.

    Raises:
        UserError: DVC could not run it, or not send it to SWEEP_PUSH.
    """
    lr = trial.suggest_float("lr", 0.01, 1, log=True)
    width = trial.suggest_int("hidden", 32, 512, log=True)
    clone = free.get()
    try:
        output(
            *("dvc", "--cd", clone, "exp", "run", "--temp", "--name", name(trial)),
            *("--set-param", f"++models.{MODEL}.lr={lr}"),
            *("--set-param", f"models.{MODEL}.hidden=[{width}]"),
            f"seeds/dvc.yaml:validate@{MODEL}",
        )
        push(clone, "origin", trial)  # which is here
    finally:
        free.put(clone)
    if remote := os.environ.get("SWEEP_PUSH"):
        push(".", remote, trial)
    accuracy = metrics_show(METRIC, rev=name(trial))["accuracy"]
    log.info("%s, %s: %.4f", name(trial), trial.params, accuracy)
    return accuracy


def push(folder: str, remote: str, trial: Trial) -> None:
    """Send a try's experiment to a Git remote, without what DVC caches of it."""
    output("dvc", "--cd", folder, "exp", "push", "--no-cache", remote, name(trial))


def name(trial: Trial | FrozenTrial) -> str:
    """Return the name of a try's experiment."""
    return f"sweep-{trial.number}"
