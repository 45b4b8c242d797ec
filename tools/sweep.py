"""Search for settings of the perceptron; each try is a DVC experiment, not a pipeline stage.

Optuna proposes a learning rate and a width. The study `validate` measures them on rows of
the training set that it does not train on. SWEEP_STORAGE says where Optuna's study is kept,
by default in a file here. Machines that share this storage share the study; SWEEP_PUSH
names the Git remote to which each of them sends its experiments.
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

from byhand.pipeline.command import output
from byhand.pipeline.environment import spare_loopback, split_login, whole_number
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

MODEL = "mlp_fashion_scratch"
METRIC = f"metrics/validation/{MODEL}.json"
FILE = Path(".dvc/tmp/sweep.db")
SECONDS = 30  # to wait for Optuna's proxy


def main() -> None:
    tries = whole_number("TRIALS", 1, 10_000, default=20)
    workers = whole_number("WORKERS", 1, 1000, default=2)
    if output("git", "status", "--porcelain", "--untracked-files=no"):
        raise UserError(
            "a search starts from a commit: git commit or git restore first"
        )
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # its warnings have tracebacks
    study = open_study(output("git", "rev-parse", "--short", "HEAD").decode().strip())
    os.environ.setdefault("PRELOAD", "0")  # one stage of a try imports PyTorch
    if workers > 1:
        os.environ.setdefault("THREADS", "1")  # the workers share the cores
    with clones(workers) as free:
        study.optimize(partial(run, free), tries, n_jobs=workers)
    best = study.best_trial
    print(f"\nBest of {len(study.trials)} tries: {best.params}. Accuracy on validation")
    print(f"rows: {best.value:.4f}. To use these settings: dvc exp apply {name(best)}")


def open_study(commit: str) -> optuna.Study:
    """Return the study of a commit; create it if there is none yet.

    Raises:
        UserError: Optuna can't use SWEEP_STORAGE.
    """
    url = storage = os.environ.get("SWEEP_STORAGE") or f"sqlite:///{FILE}"
    FILE.parent.mkdir(parents=True, exist_ok=True)
    spare_loopback()
    try:
        if url.startswith("grpc://"):
            host, _, port = url.removeprefix("grpc://").partition(":")
            storage = optuna.storages.GrpcStorageProxy(host=host, port=int(port))
            storage.wait_server_ready(timeout=SECONDS)
        return optuna.create_study(
            storage=storage,
            study_name=f"{MODEL} at {commit}",
            direction="maximize",
            load_if_exists=True,
        )
    except (ConnectionError, ImportError, ValueError, SQLAlchemyError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"SWEEP_STORAGE must be a URL that Optuna can use, or grpc://HOST:PORT of its "
            f"proxy, got {split_login(url)[0]!r}: {reason}"
        ) from error


@contextmanager
def clones(count: int) -> Iterator[SimpleQueue[str]]:
    """Yield clones of this commit, which share DVC's cache; each runs one try at a time."""
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
    """Return the accuracy on validation rows with a try's settings.

    Args:
        free: clones without a running try.
        trial: the try; Optuna chooses its settings here.

    Raises:
        UserError: DVC could not run the try, or not send it to SWEEP_PUSH.
    """
    lr = trial.suggest_float("lr", 0.01, 1, log=True)
    width = trial.suggest_int("hidden", 32, 512, log=True)
    clone = free.get()
    try:
        output(
            *("dvc", "--cd", clone, "exp", "run", "--temp", "--name", name(trial)),
            *("--set-param", f"++models.{MODEL}.lr={lr}"),
            *("--set-param", f"models.{MODEL}.hidden=[{width}]"),
            f"studies/dvc.yaml:validate@{MODEL}",
        )
        push(clone, "origin", trial)  # to this repository
    finally:
        free.put(clone)
    if remote := os.environ.get("SWEEP_PUSH"):
        push(".", remote, trial)
    accuracy = metrics_show(METRIC, rev=name(trial))["accuracy"]
    log.info("%s, %s: %.4f", name(trial), trial.params, accuracy)
    return accuracy


def push(folder: str, remote: str, trial: Trial) -> None:
    """Send a try's experiment to a Git remote, without its files in DVC's cache."""
    output("dvc", "--cd", folder, "exp", "push", "--no-cache", remote, name(trial))


def name(trial: Trial | FrozenTrial) -> str:
    """Return the name of a try's experiment."""
    return f"sweep-{trial.number}"
