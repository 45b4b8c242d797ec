"""Write report/experiments.html, which compares DVC's experiments; not a pipeline stage.

The page has the experiments of the last commit from `dvc exp show`, with their curves from
git. The reader chooses the metric that ranks them.
"""

import csv
import io
import json
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

from byhand.pages.page import render
from byhand.pages.results import columns
from byhand.pipeline.command import output
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_bytes


class Experiment(NamedTuple):
    """An experiment, or the commit itself, with its results."""

    name: str
    params: dict[str, Any]  # values by their place in params.yaml, such as train.lr
    metrics: dict[str, float]  # by model and name, such as mlp_xor_torch: test accuracy
    # by model and column of its history, a value an epoch; an experiment has only the models
    # whose curves differ from the commit's
    curves: dict[str, dict[str, list[float]]]


def main() -> None:
    # by its hash: for DVC, HEAD may be the commit at which an experiment was killed
    head = output("git", "rev-parse", "HEAD").decode().strip()
    shown = output("dvc", "exp", "show", "--json", "--rev", head)
    found = experiments(json.loads(shown))
    if len(found) < 2:
        raise UserError(
            f"the last commit, {head[:7]}, has no experiments yet; dvc exp run -S "
            "train.lr=0.05 makes one; dvc exp list --all-commits has those of others"
        )
    data = {
        "experiments": [experiment._asdict() for experiment in found],
        "params": differing([e.params for e in found]),
        "metrics": differing([e.metrics for e in found]),
    }
    page = render("experiments.html.j2", data, count=len(found) - 1)
    write_bytes(Path("report/experiments.html"), page)


def experiments(shown: list[dict]) -> list[Experiment]:
    """Return the last commit and its experiments, except those that failed, run or wait.

    Args:
        shown: output of `dvc exp show --json`: the workspace, then the commit.
    """
    _, commit = shown
    states = [commit]
    for experiment in commit["experiments"] or []:
        if (experiment["executor"] or {"state": "success"})["state"] == "success":
            states += experiment["revs"][:1]
    of_commit = curves(commit["rev"])
    return [
        Experiment(
            state["name"] or state["rev"][:7],
            flat(state["data"]["params"]["params.yaml"]["data"]),
            metrics(state["data"]["metrics"]),
            {
                model: curve
                for model, curve in curves(state["rev"]).items()
                if state is commit or curve != of_commit.get(model)
            },
        )
        for state in states
        if state["data"]
    ]


def flat(entries: dict, prefix: str = "") -> dict[str, Any]:
    """Return the leaves of nested dictionaries by their keys, joined by dots."""
    leaves = {}
    for key, value in entries.items():
        is_leaf = not isinstance(value, dict)
        leaves |= {prefix + key: value} if is_leaf else flat(value, f"{prefix}{key}.")
    return leaves


def metrics(files: dict[str, dict]) -> dict[str, float]:
    """Return the numbers in files of metrics, by names for readers."""
    numbers = {}
    for path, content in files.items():
        *_, folder, stem = Path(path).with_suffix("").parts
        of_folder = f"{folder}_" if folder in ("train", "test") else ""
        for key, value in flat(content.get("data") or {}).items():
            if type(value) in (int, float):
                if not key.startswith(("validation_", of_folder)):
                    key = of_folder + key
                words = ["accuracy" if w == "acc" else w for w in key.split("_")]
                numbers[f"{stem}: {' '.join(words)}"] = value
    return numbers


def curves(rev: str) -> dict[str, dict[str, list[float]]]:
    """Return each model's history in a commit or an experiment."""
    archive = output("git", "archive", rev, "plots/history")
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in filter(tarfile.TarInfo.isfile, files):
            text = files.extractfile(member).read().decode()
            rows = list(csv.DictReader(io.StringIO(text)))
            if rows:
                found[Path(member.name).stem] = dict(
                    zip(rows[0], columns(rows, *rows[0]))
                )
    return found


def differing(entries: list[dict[str, Any]]) -> list[str]:
    """Return the keys whose values differ between entries, in order of appearance."""
    keys = dict.fromkeys(key for entry in entries for key in entry)
    return [k for k in keys if len({json.dumps(e.get(k)) for e in entries}) > 1]
