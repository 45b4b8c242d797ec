"""How long the pipeline takes, stage by stage, and what of it is DVC itself."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil

from benchmarks.measure import Group, in_turn

EVERY = 0.02  # seconds between looks at whether a stage's process lives
TITANIC = ("titanic", "submission")


class Stage(NamedTuple):
    """A stage's seconds: from DVC's naming it to its naming the next, and parts of that.

    process: that the stage's own process lived; the rest is DVC's.
    """

    name: str
    wall: float
    process: float


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Run everything in a clone: from nothing, an experiment, and with nothing to do."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(root), str(clone)], check=True)
        stages, total = run_dvc(root, clone, "repro", "--force")
        walls = {stage.name: stage.wall for stage in stages}
        yield Group(
            "`dvc repro` from nothing, by stage",
            "s",
            {"all": total} | walls,
            "all",
            ratio="share of",
        )

        ours = [stage for stage in stages if not stage.name.startswith(TITANIC)]
        titanic = [stage for stage in stages if stage.name.startswith(TITANIC)]
        (starts,) = in_turn({"": start_python}, rounds).values()
        _, nothing = run_dvc(root, clone, "repro")
        subprocess.run(["git", "-C", str(clone), "add", "-A"], check=True)
        experiment_stages, experiment = run_dvc(
            root, clone, "exp", "run", "-S", "train.lr=0.05"
        )
        yield Group(
            "the pipeline",
            "s",
            {
                "`dvc repro` from nothing": total,
                "– all stages but Titanic's": sum(stage.wall for stage in ours),
                "– Titanic's stages": sum(stage.wall for stage in titanic),
                "– starts of Python": starts * len(stages),
                "– DVC itself": total - sum(stage.process for stage in stages),
                "`dvc exp run -S train.lr=0.05`": experiment,
                "– DVC itself, of the experiment": experiment
                - sum(stage.process for stage in experiment_stages),
                "`dvc repro` with nothing to do": nothing,
            },
            "`dvc repro` from nothing",
            ratio="share of",
        )

        subprocess.run(["git", "-C", str(clone), "add", "-A"], check=True)
        _, alone = run_dvc(
            root, clone, "exp", "run", "-S", "train.lr=0.051", PRELOAD="0"
        )
        yield Group(
            "`dvc exp run -S train.lr=…`",
            "s",
            {"every stage imports": alone, "stages are forks": experiment},
            "every stage imports",
        )


def start_python() -> None:
    """Start Python, and end it."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def run_dvc(
    root: Path, clone: Path, *arguments: str, **variables: str
) -> tuple[list[Stage], float]:
    """Run DVC in the clone, with these environment variables as well.

    Returns:
        its stages, and the seconds of the whole.
    """
    environment = os.environ | {
        "FASHION_MNIST_DIR": str(root / "data/FashionMNIST/raw"),
        "PYTHONUNBUFFERED": "1",
        **variables,
    }
    start = time.perf_counter()
    dvc = subprocess.Popen(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    samples: list[float] = []
    watcher = threading.Thread(target=watch, args=(dvc.pid, samples))
    watcher.start()
    begins: list[tuple[str, float]] = []
    lines = []
    for line in dvc.stdout:
        if named := re.match(r"Running stage '(.+)':", line):
            begins.append((named[1], time.perf_counter()))
        else:
            lines.append(line)
    if dvc.wait():
        sys.exit(f"dvc {' '.join(arguments)} failed:\n{''.join(lines)}")
    end = time.perf_counter()
    watcher.join()
    ends = [begin for _, begin in [*begins, ("", end)]][1:]
    stages = [
        Stage(
            name,
            wall=until - begin,
            process=EVERY * sum(begin <= sample < until for sample in samples),
        )
        for (name, begin), until in zip(begins, ends, strict=True)
    ]
    return stages, end - start


def watch(pid: int, samples: list[float]) -> None:
    """Note the time, at even intervals, whenever the process has a stage running in it."""
    process = psutil.Process(pid)
    due = time.perf_counter()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        with contextlib.suppress(psutil.Error):  # it may end while it is looked at
            if any("-m stages" in " ".join(c.cmdline()) for c in process.children()):
                samples.append(due)
        due += EVERY
        time.sleep(max(0, due - time.perf_counter()))
