"""Stop DVC at a random moment: the next `dvc repro` gives the same bytes.

A stage's outputs and its entry in dvc.lock are removed, the whole pipeline is run, and
stopped somewhere within that stage; every stage has its turn. Where DVC itself was just
writing a file of its own, that is half a file, and is put right first, as
docs/robustness.md says. An experiment is stopped as well, and taken back by the commands of
that page.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
import warnings
from typing import NamedTuple

import psutil
import pytest
import yaml

from tests.project import (
    AFTER_A_KILL,
    ENVIRONMENT,
    ROOT,
    Project,
    lock_of,
    processes_in,
    run,
)

SECONDS_TO_END = 15  # that a stage and its H2O server have, once dvc is gone

pytestmark = pytest.mark.skipif(
    not (ROOT / "data/FashionMNIST/raw").exists(), reason="no data yet: make repro"
)


class Stage(NamedTuple):
    """A stage of the uninterrupted run, and how many seconds it took."""

    name: str
    seconds: float


class Uninterrupted(NamedTuple):
    """A project that ran from nothing to the end."""

    project: Project
    stages: list[Stage]
    lock: dict


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory) -> Uninterrupted:
    """Run the whole pipeline of a clone, and take each stage's time."""
    project = Project(tmp_path_factory.mktemp("project"))
    shutil.copytree(ROOT / "data/FashionMNIST", project.folder / "data/FashionMNIST")
    process = start(project, "repro", "--force")
    began = {}
    for line in process.stdout:
        if match := re.match(r"Running stage '(.*)':", line):
            began[match[1]] = time.monotonic()
    assert process.wait() == 0
    ends = [*list(began.values())[1:], time.monotonic()]
    stages = [
        Stage(name, end - start)
        for (name, start), end in zip(began.items(), ends, strict=True)
    ]
    project.commit()
    return Uninterrupted(project, stages, lock_of(project.folder))


def start(project: Project, *arguments: str) -> subprocess.Popen:
    """Start DVC in a process group of its own, as a shell does."""
    return subprocess.Popen(
        ["dvc", *arguments],
        cwd=project.folder,
        env=ENVIRONMENT | {"FASHION_MNIST_DIR": str(ROOT / "data/FashionMNIST/raw")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
        start_new_session=True,
    )


def forget(project: Project, stage: str) -> None:
    """Remove a stage's outputs and its entry in dvc.lock."""
    lock = lock_of(project.folder)
    for output in lock["stages"].pop(stage)["outs"]:
        path = project.folder / output["path"]
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    (project.folder / "dvc.lock").write_text(yaml.safe_dump(lock, sort_keys=False))


def stop(project: Project, process: subprocess.Popen, how: signal.Signals) -> None:
    """Stop DVC by a signal; nothing of it is left, and it had no traceback to tell."""
    if how == signal.SIGINT:  # a terminal sends it to all in the foreground
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    said = process.stdout.read()
    process.wait()
    assert "Traceback" not in said
    _, orphans = psutil.wait_procs(processes_in(project.folder), timeout=SECONDS_TO_END)
    assert orphans == []


# those of docs/robustness.md, for the files that DVC writes in place
REMEDIES = {
    "dvc.lock": ("git", "restore", "dvc.lock"),
    ".dvc/tmp/rwlock": ("rm", ".dvc/tmp/rwlock"),
}


def stops(**counts: int) -> list:
    """Return cases of (how, number): so many stops by each signal."""
    return [
        pytest.param(signal.Signals[name], number, id=f"{name}-{number}")
        for name, count in counts.items()
        for number in range(count)
    ]


INTERRUPTIONS = stops(SIGKILL=30, SIGINT=10, SIGTERM=10)


@pytest.mark.parametrize(("how", "number"), INTERRUPTIONS)
def test_after_an_interruption_the_next_run_gives_the_same_bytes(
    uninterrupted, how, number
):
    project, stages, lock = uninterrupted
    case = [case.values for case in INTERRUPTIONS].index((how, number))
    stage = stages[case % len(stages)]
    moment = random.Random(f"{how} {number}").uniform(0, stage.seconds)
    forget(project, stage.name)

    process = start(project, "repro", "--no-run-cache")
    for line in process.stdout:
        if line.startswith(f"Running stage '{stage.name}'"):
            break
    time.sleep(moment)
    stop(project, process, how)

    result = project.attempt("repro", "--no-run-cache")
    for name, remedy in REMEDIES.items():
        if result.returncode != 0 and name in result.stderr:
            warnings.warn(f"{name} was half written", stacklevel=1)
            run(project.folder, *remedy)
            result = project.attempt("repro", "--no-run-cache")
    assert result.returncode == 0, result.stderr
    assert lock_of(project.folder) == lock
    assert "up to date" in project.dvc("status")
    changed = run(project.folder, "git", "status", "--porcelain").stdout.split("\n")
    assert set(changed) <= {"", " M dvc.lock"}  # the order of its stages


@pytest.mark.parametrize(("how", "number"), stops(SIGKILL=10, SIGINT=5, SIGTERM=5))
def test_an_experiment_that_is_stopped_is_taken_back_but_for_other_edits(
    uninterrupted, how, number
):
    project, _, _ = uninterrupted
    before = project.outputs()
    with (project.folder / "README.md").open("a", encoding="utf-8") as readme:
        readme.write("an edit\n")
    # a rate that was not run before
    lr = random.Random(f"{how} {number} lr").uniform(0.01, 0.02)
    moment = random.Random(f"{how} {number} experiment").uniform(0, 4)

    process = start(
        project, "exp", "run", "-S", f"train.lr={lr}", "evaluate@mlp_xor_scratch"
    )
    for line in process.stdout:
        if line.startswith("Running stage 'train@"):
            break
    time.sleep(moment)
    stop(project, process, how)

    said = project.take_back(AFTER_A_KILL)
    if ".dvc/tmp/rwlock" in said and "corrupted" in said:
        warnings.warn(".dvc/tmp/rwlock was half written", stacklevel=1)
        run(project.folder, *REMEDIES[".dvc/tmp/rwlock"])
        project.take_back(AFTER_A_KILL)
    assert project.outputs() == before
    assert "up to date" in project.dvc("status")
    changed = run(project.folder, "git", "status", "--porcelain").stdout
    assert changed == " M README.md\n"
    run(project.folder, "git", "restore", "README.md")
    assert run(project.folder, "git", "branch", "--show-current").stdout == "main\n"
