"""Search for settings of a model; each try is a DVC experiment, not a pipeline stage.

MODEL is a model's name in params.yaml. A SEARCH is KEY=LOW..HIGH, KEY=A,B or KEY=VALUE, with a
key of the model's block or of the section that it is trained by. For example:

    python -m tools sweep mlp_xor_scratch lr=0.01..1 hidden=16..256 momentum=0,0.9

Optuna chooses the values. A try is judged on training rows that it does not train on. It ends
early if its accuracy is below the median of other tries. TRIALS says how many tries there are,
WORKERS how many run at a time. SWEEP_STORAGE says where Optuna's study is kept, by default in a
file here. Machines that share this storage share the study; SWEEP_PUSH names the Git remote to
which each of them sends its experiments.
"""

import json
import logging
import os
import shlex
import signal
from hashlib import sha256
from threading import Event
from typing import Any, NamedTuple

import optuna
from dvc.api import read
from optuna.trial import Trial, TrialState

from byhand.pipeline.command import output
from byhand.pipeline.environment import whole_number
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import load_params
from byhand.search.space import Space, as_settings, check, corners, parse
from byhand.search.study import draw, open_study
from byhand.search.tries import Hopeless, clone, options, train
from byhand.training.blocks import load_model

log = logging.getLogger(__name__)

# share of the training rows that judges a try, if the model holds out none itself
HELD_OUT = 0.2
LOOKS = 10  # at the accuracy of a try while it trains


class Search(NamedTuple):
    """What is searched for, and how.

    model: its name; entry: its block as params.yaml has it.
    name: of the search; the names of its tries begin with it.
    epochs: of the model, 0 if it has none.
    every: epochs from one look at a try's accuracy to the next.
    cache: DVC's.
    stopped: whether a signal has asked the search to end.
    """

    model: str
    entry: dict[str, Any]
    space: Space
    name: str
    epochs: int
    every: int
    cache: str
    stopped: Event


def main(model: str, *search: str) -> None:
    tries = whole_number("TRIALS", 1, 10_000, default=20)
    workers = whole_number("WORKERS", 1, 1000, default=2)
    if output("git", "status", "--porcelain", "--untracked-files=no"):
        raise UserError(
            "a search starts from a commit: git commit or git restore first"
        )
    this = prepared(model, search)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: this.stopped.set())
    study = open_study(f"{this.name} of {model}", this.space, 2 * this.every)
    os.environ.setdefault("PRELOAD", "0")  # one stage of a try imports PyTorch
    if workers > 1:
        os.environ.setdefault("THREADS", "1")  # the workers share the cores
    study.optimize(lambda trial: run(this, trial), tries, n_jobs=workers)
    conclude(this, study)


def prepared(model: str, words: tuple[str, ...]) -> Search:
    """Return a search as its words say, or raise a UserError if a try could be refused."""
    block, entry = load_model(model), load_params(f"models.{model}", dict[str, Any])
    space = parse(words)
    space.setdefault("validation_fraction", [block.validation_fraction or HELD_OUT])
    if len(corners(space["validation_fraction"])) > 1:
        raise UserError(
            "validation_fraction must be one number: the same rows judge every try"
        )
    check(model, entry, space)
    epochs = getattr(block, "epochs", 0)  # scikit-learn's solver has none
    # another commit, model or setting is another search
    of = output("git", "rev-parse", "HEAD").decode(), model, *sorted(words)
    return Search(
        model,
        entry,
        space,
        name=f"sweep-{sha256(repr(of).encode()).hexdigest()[:4]}",
        epochs=epochs,
        every=max(1, min(corners(space.get("epochs", [epochs]))) // LOOKS),
        cache=output("dvc", "cache", "dir").decode().strip(),
        stopped=Event(),
    )


def run(search: Search, trial: Trial) -> float:
    """Return the accuracy on held-out training rows with a try's settings.

    Args:
        trial: the try; Optuna chooses its settings here.

    Raises:
        optuna.TrialPruned: the try was ended early, or diverged.
        UserError: DVC could not run the try, or not send it to SWEEP_PUSH.
    """
    settings = as_settings(search.entry, draw(trial, search.space))
    trial.set_user_attr("settings", settings)
    name = f"{search.name}-{trial.number}"
    epochs = settings.get("epochs", search.epochs)
    shown = ", ".join(f"{key} {value}" for key, value in settings.items())

    def watch(rows: list[dict[str, str]]) -> None:
        if search.stopped.is_set():
            raise UserError("stopped; the same command goes on with the search")
        for row in rows:
            if int(row["epoch"]) % search.every == 0:
                trial.report(float(row["validation_acc"]), int(row["epoch"]))
        if rows and int(row["epoch"]) < epochs and trial.should_prune():
            raise Hopeless(f"below the median at epoch {row['epoch']}")

    try:
        with clone(search.cache) as folder:
            train(folder, name, search.model, settings, watch)
            push(folder, "origin", name)  # to this repository
    except Hopeless as reason:
        log.info("%s, %s: ended early, %s", name, shown, reason)
        raise optuna.TrialPruned from reason
    if remote := os.environ.get("SWEEP_PUSH"):
        push(".", remote, name)
    metrics = json.loads(read(f"metrics/train/{search.model}.json", rev=name))
    log.info("%s, %s: %.4f", name, shown, metrics["validation_acc"])
    return metrics["validation_acc"]


def push(folder: str, remote: str, name: str) -> None:
    """Send a try's experiment to a Git remote, without its files in DVC's cache."""
    output("dvc", "--cd", folder, "exp", "push", "--no-cache", remote, name)


def conclude(search: Search, study: optuna.Study) -> None:
    """Print the best try, and the command that trains with its settings."""
    states = [trial.state for trial in study.trials]
    ended = states.count(TrialState.PRUNED)
    if TrialState.COMPLETE not in states:
        raise UserError(f"all {ended} tries diverged: lower the learning rate")
    best = study.best_trial
    settings = dict(best.user_attrs["settings"])
    block = load_model(search.model)
    if not settings.get("patience", getattr(block, "patience", 0)):
        del settings["validation_fraction"]  # nothing needs them any more
    command = ["dvc", "exp", "run", *options(search.model, settings)]
    print(
        f"\nBest of {ended + states.count(TrialState.COMPLETE)} tries, of which {ended} "
        f"ended early: {search.name}-{best.number}, with an accuracy of {best.value:.4f} on "
        f"held-out training rows. make compare shows the tries.\nTo train with these "
        f"settings on all training rows, and measure the test set:"
    )
    print(shlex.join([*command, f"evaluate@{search.model}"]))
