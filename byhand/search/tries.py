"""One try of a search: a DVC experiment in a clone of its own, watched while it trains."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import psutil

from byhand.pipeline.command import output
from byhand.pipeline.errors import UserError
from byhand.pipeline.lifetime import ending_with_parent

SECONDS = 0.2  # between two looks at a training


class Hopeless(Exception):
    """The try was ended: its results, if any, are not worth the rest of the training."""


@contextmanager
def clone(cache: str) -> Iterator[str]:
    """Yield a clone of this repository's commit, which shares DVC's cache in this folder."""
    with TemporaryDirectory(prefix="sweep-") as folder:
        output("git", "clone", "--quiet", ".", folder)
        Path(folder, ".dvc/config.local").write_text(f"[cache]\n    dir = {cache}\n")
        yield folder


def options(model: str, settings: dict[str, Any]) -> list[str]:
    """Return the options of `dvc exp run` that give a model these settings."""
    return [
        word
        for key, value in settings.items()
        for word in ("-S", f"++models.{model}.{key}={json.dumps(value)}")
    ]


def train(
    folder: str,
    name: str,
    model: str,
    settings: dict[str, Any],
    watch: Callable[[list[dict[str, str]]], None],
) -> None:
    """Train a model with these settings, as the experiment of this name in a clone.

    watch gets the new rows of the model's history, several times a second. If it raises, the
    training ends and leaves no process behind.

    Raises:
        Hopeless: the training diverged.
        UserError: DVC could not run the experiment.
    """
    command = [shutil.which("dvc"), "--cd", folder, "exp", "run", "--temp"]
    command += ["--name", name, *options(model, settings), f"train@{model}"]
    seen = 0
    with TemporaryFile() as said:
        process = subprocess.Popen(
            ending_with_parent(command), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                rows = history(folder, model)
                watch(rows[seen:])
                seen = max(seen, len(rows))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(SECONDS)
        finally:
            end(process)
        said.seek(0)
        complain(process.returncode, said.read().decode(), name)


def history(folder: str, model: str) -> list[dict[str, str]]:
    """Return the rows of the history that a try in this clone has written so far."""
    path = f"plots/history/{model}.csv"
    before = Path(folder, path)  # the commit's: a try has it, too, until it trains
    for found in Path(folder).glob(f".dvc/tmp/exps/standalone/*/{path}"):
        try:
            text = found.read_text("utf-8")
        except FileNotFoundError:  # DVC removes it, and the folder at the end
            continue
        if not before.exists() or text != before.read_text("utf-8"):
            return list(csv.DictReader(io.StringIO(text)))
    return []


def end(process: subprocess.Popen) -> None:
    """End a process and all that it has started, and wait until they are gone."""
    if process.poll() is None:
        parent = psutil.Process(process.pid)
        family = [parent, *parent.children(recursive=True)]
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family)
        process.wait()


def complain(status: int, said: str, name: str) -> None:
    """Raise what a try's exit status and words say, if it failed."""
    if status == 0:
        return
    lines = said.strip().splitlines() or ["it said nothing"]
    reasons = [line for line in lines if ": error: " in line]
    reason = (reasons or lines)[-1]
    if "training diverged" in reason:
        raise Hopeless(reason)
    raise UserError(f"{name} failed: {reason}")
