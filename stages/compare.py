"""Put DVC's experiments side by side: report/experiments.html, not a stage of the pipeline.

What `dvc exp show` knows of the last commit's experiments, with the curves that git keeps
of each: best on top, by a metric of the reader's choice.
"""

import csv
import io
import json
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

from stages.pages.page import render
from stages.pipeline.command import output
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_bytes


class Experiment(NamedTuple):
    """What one came to.

    params: numbers, words and lists by their place in params.yaml, as train.lr.
    metrics: numbers by model and name, as mlp_xor_scratch: test accuracy.
    curves: by model and column of its history, a value an epoch; of an experiment, those
        that are not the commit's.
    """

    name: str
    params: dict[str, Any]
    metrics: dict[str, float]
    curves: dict[str, dict[str, list[float]]]


def main() -> None:
    found = experiments(json.loads(output("dvc", "exp", "show", "--json")))
    if len(found) < 2:
        raise UserError(
            "the last commit has no experiments yet; dvc exp run -S train.lr=0.05 makes one"
        )
    data = {
        "experiments": [experiment._asdict() for experiment in found],
        "params": differing([e.params for e in found]),
        "metrics": differing([e.metrics for e in found]),
    }
    page = render("experiments.html.j2", data, count=len(found) - 1)
    write_bytes(Path("report/experiments.html"), page)


def experiments(shown: list[dict]) -> list[Experiment]:
    """Return the last commit and its experiments, but for those that failed or wait.

    Args:
        shown: what `dvc exp show --json` prints: the workspace, then the commit.
    """
    _, commit = shown
    states = [commit]
    for experiment in commit["experiments"] or []:
        states += experiment["revs"][:1]
    of_commit = curves(commit["rev"])
    return [
        Experiment(
            state["name"] or state["rev"][:7],
            flat(state["data"]["params"]["params.yaml"]["data"]),
            metrics(state["data"]["metrics"]),
            of_commit if state is commit else own_curves(state["rev"], of_commit),
        )
        for state in states
        if state["data"]
    ]


def flat(entries: dict, prefix: str = "") -> dict[str, Any]:
    """Return the leaves of nested dictionaries by their keys, joined by dots."""
    leaves = {}
    for key, value in entries.items():
        if isinstance(value, dict):
            leaves |= flat(value, f"{prefix}{key}.")
        else:
            leaves[f"{prefix}{key}"] = value
    return leaves


def metrics(files: dict[str, dict]) -> dict[str, float]:
    """Return the numbers in metrics' files, named as a reader would."""
    numbers = {}
    for path, content in files.items():
        *_, folder, stem = Path(path).with_suffix("").parts
        for key, value in flat(content.get("data") or {}).items():
            if type(value) in (int, float):
                when = f"{folder} " if folder in ("train", "test", "validation") else ""
                key = key.removeprefix(f"{folder}_")
                key = {"acc": "accuracy"}.get(key, key).replace("_", " ")
                numbers[f"{stem}: {when}{key}"] = value
    return numbers


def curves(rev: str) -> dict[str, dict[str, list[float]]]:
    """Return each model's history as it was committed, or kept of an experiment."""
    archive = output("git", "archive", rev, "plots/history")
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in filter(tarfile.TarInfo.isfile, files):
            rows = list(
                csv.DictReader(io.StringIO(files.extractfile(member).read().decode()))
            )
            if rows:
                found[Path(member.name).stem] = {
                    name: [float(row[name]) for row in rows] for name in rows[0]
                }
    return found


def own_curves(rev: str, of_commit: dict[str, Any]) -> dict[str, Any]:
    """Return an experiment's curves, but for those that are the commit's."""
    return {m: c for m, c in curves(rev).items() if c != of_commit.get(m)}


def differing(entries: list[dict[str, Any]]) -> list[str]:
    """Return the keys whose values are not the same in all, in the order of the first."""
    keys = dict.fromkeys(key for entry in entries for key in entry)
    return [k for k in keys if len({json.dumps(e.get(k)) for e in entries}) > 1]
