"""Search for the settings of a model, each try a DVC experiment; not a stage of the pipeline.

Optuna proposes a learning rate and a width for the perceptron; the stage `validate` says how
well they do, on rows of the training set that it does not train on. The study lies where
SWEEP_STORAGE says, by default in a file here: machines that all reach it work on one study,
and SWEEP_PUSH names the Git remote where each leaves its experiments.
"""

import os

import optuna
from dvc.api import metrics_show

from stages.pipeline.command import output
from stages.pipeline.errors import UserError

MODEL = "mlp_fashion_scratch"
METRIC = f"metrics/validation/{MODEL}.json"


def main(trials: str, workers: str) -> None:
    commit = output("git", "rev-parse", "HEAD").decode().strip()
    study = optuna.create_study(
        storage=storage(os.environ.get("SWEEP_STORAGE", "sqlite:///.dvc/tmp/sweep.db")),
        study_name=f"{MODEL} at {commit}",
        direction="maximize",
        load_if_exists=True,
    )
    os.environ.setdefault("THREADS", "1")  # the workers share the cores already
    study.optimize(run, int(trials), n_jobs=int(workers))
    done = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    if not done:
        raise UserError("no try came to an end: see above")
    print(
        f"\n{name(study.best_trial)} is the best of {len(done)}, with {study.best_params}: "
        f"{study.best_value:.4f} of the validation rows are right. To take it over:\n"
        f"dvc exp apply {name(study.best_trial)}"
    )


def run(trial: optuna.Trial) -> float:
    """Return the accuracy on validation rows that a try's settings lead to."""
    lr = trial.suggest_float("lr", 0.01, 1, log=True)
    width = trial.suggest_int("hidden", 32, 512, log=True)
    try:
        output(
            *("dvc", "exp", "run", "--temp", "--name", name(trial)),
            *("--set-param", f"+models.{MODEL}.lr={lr}"),
            *("--set-param", f"models.{MODEL}.hidden=[{width}]"),
            f"seeds/dvc.yaml:validate@{MODEL}",
        )
    except UserError as error:  # too long a step diverges: one to keep away from
        raise optuna.TrialPruned(error) from error
    if remote := os.environ.get("SWEEP_PUSH"):
        output("dvc", "exp", "push", "--no-cache", remote, name(trial))
    return metrics_show(METRIC, rev=name(trial))["accuracy"]


def name(trial: optuna.Trial | optuna.trial.FrozenTrial) -> str:
    """Return the name of a try's experiment."""
    return f"sweep-{trial.number}"


def storage(url: str) -> str | optuna.storages.BaseStorage:
    """Return what keeps a study, for grpc://HOST:PORT Optuna's proxy of another."""
    if not url.startswith("grpc://"):
        return url
    host, _, port = url.removeprefix("grpc://").partition(":")
    if not port.isdecimal():
        raise UserError(
            f"SWEEP_STORAGE must be a URL, like grpc://HOST:PORT, got {url!r}"
        )
    return optuna.storages.GrpcStorageProxy(host=host, port=int(port))
