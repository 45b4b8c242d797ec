"""How a stage fails: in a sentence where the user can mend it, else with a traceback."""

import subprocess
import sys
from pathlib import Path

STAGES = Path(__file__).parents[1] / "stages"


def errors_of(code: str) -> str:
    """Return what a stage of this code says when it fails."""
    result = subprocess.run(
        [sys.executable, "-c", f"from pipeline.command import run\n{code}"],
        env={"PYTHONPATH": str(STAGES)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    return result.stderr


def test_a_python_without_the_packages_is_told_to_use_the_venv():
    errors = errors_of("import nosuch.package")
    assert errors.startswith(f"{sys.executable} has no package nosuch: put the bin")
    assert len(errors.splitlines()) == 1


def test_a_bug_keeps_its_traceback():
    assert "Traceback" in errors_of("raise ZeroDivisionError")
    assert "Traceback" in errors_of("run(lambda: 1 / 0)")
