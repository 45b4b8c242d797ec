"""CI's comparison of metrics, on a DVC project of one metric."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / ".ci/compare_metrics.py"


@pytest.fixture
def compare(tmp_path):
    """Commit a metric of 0.5, then compare with another."""

    def run(*command):
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
            text=True,
            capture_output=True,
        )

    def write(value):
        (tmp_path / "test.json").write_text(json.dumps({"accuracy": value}))

    run("git", "init", "-q")
    run(Path(sys.executable).with_name("dvc"), "init", "-q")
    (tmp_path / "dvc.yaml").write_text("metrics: [test.json]\n")
    write(0.5)
    run("git", "add", "-A")
    who = ("-c", "user.name=tester", "-c", "user.email=tester@localhost")
    run("git", *who, "commit", "-qm", "metric")

    def compare(value):
        write(value)
        return run(sys.executable, SCRIPT)

    return compare


@pytest.mark.parametrize("value", [0.5, 0.5049, 0.4951])
def test_a_metric_within_the_tolerance_passes(compare, value):
    assert compare(value).returncode == 0


@pytest.mark.parametrize("value", [0.506, 0.494, None, "high"])
def test_a_metric_that_moved_fails_by_name_with_both_values(compare, value):
    result = compare(value)
    assert result.returncode != 0
    assert f"test.json: accuracy was 0.5, is {value}" in result.stderr
