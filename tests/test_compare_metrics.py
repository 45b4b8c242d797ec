"""CI's comparison of metrics, on a DVC project of a few."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / ".ci/compare_metrics.py"


SEEDS = {
    "train_loss": {"n": 5, "mean": 0.5, "std": 0.1, "min": 0.4, "max": 0.6},
    "test_acc": {"n": 5, "mean": 0.5, "std": 0.01, "min": 0.49, "max": 0.51},
}
LADDER = {"chosen": "b", "rungs": {"b": {"accuracy": 0.8, "accuracy_se": 0.01}}}


@pytest.fixture
def compare(tmp_path):
    """Commit metrics, then compare with others."""

    def run(*command):
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
            text=True,
            capture_output=True,
        )

    def write(path, content):
        path = tmp_path / "metrics" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    run("git", "init", "-q")
    run(Path(sys.executable).with_name("dvc"), "init", "-q")
    tracked = ["test/m.json", "train/m.json", "titanic_ladder.json"]
    (tmp_path / "dvc.yaml").write_text(
        json.dumps({"metrics": [f"metrics/{path}" for path in tracked]})
    )
    write("seeds/m.json", SEEDS)
    write("titanic_ladder.json", LADDER)
    write("test/m.json", {"accuracy": 0.5, "macro_f1": 0.5, "loss": 1.0, "rows": 9})
    write("train/m.json", {"train_loss": 0.5})
    run("git", "add", "-A")
    who = ("-c", "user.name=tester", "-c", "user.email=tester@localhost")
    run("git", *who, "commit", "-qm", "metric")

    def compare(path, content):
        write(path, content)
        return run(sys.executable, SCRIPT)

    return compare


SAME = {"accuracy": 0.5, "macro_f1": 0.5, "loss": 1.0, "rows": 9}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("test/m.json", SAME),
        ("test/m.json", SAME | {"accuracy": 0.529, "macro_f1": 0.471, "loss": 2.0}),
        ("train/m.json", {"train_loss": 0.21}),
        (
            "titanic_ladder.json",
            {"chosen": "b", "rungs": {"b": {"accuracy": 0.809, "accuracy_se": 0.01}}},
        ),
    ],
)
def test_a_metric_within_three_deviations_of_the_seeds_passes(compare, path, content):
    assert compare(path, content).returncode == 0


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        (
            "test/m.json",
            SAME | {"accuracy": 0.54},
            "m.json: accuracy was 0.5, is 0.54, may move by 0.03",
        ),
        (
            "test/m.json",
            SAME | {"macro_f1": 0.46},
            "m.json: macro_f1 was 0.5, is 0.46, may move by 0.03",
        ),
        (
            "test/m.json",
            SAME | {"rows": 8},
            "m.json: rows was 9, is 8, may move by 0",
        ),
        (
            "test/m.json",
            SAME | {"accuracy": None},
            "m.json: accuracy was 0.5, is None, may move by 0.03",
        ),
        (
            "train/m.json",
            {"train_loss": 0.9},
            "m.json: train_loss was 0.5, is 0.9, may move by 0.3",
        ),
        (
            "titanic_ladder.json",
            LADDER | {"chosen": "a"},
            "titanic_ladder.json: chosen was b, is a, may move by 0",
        ),
    ],
)
def test_a_metric_that_moved_further_fails_by_name_with_both_values(
    compare, path, content, sentence
):
    result = compare(path, content)
    assert result.returncode != 0
    assert sentence in result.stderr
