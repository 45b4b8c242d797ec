"""How a stage ends when it is interrupted: at once, or after cleaning up."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Ctrl-C counts, though these tests may run where it is ignored
INTERRUPTED = """
import os
import signal
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
import pipeline.command
from stages.pipeline.outputs import replacing

def interrupt():
    os.kill(os.getpid(), {number})

{code}
"""


def interrupted(folder, number, code):
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(number=int(number), code=code)],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[1] / "stages")},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_code_takes_an_interruption_for_a_failure_of_its_own(tmp_path, number):
    code = """
try:
    interrupt()
except BaseException:
    pass
print("went on")
"""
    result = interrupted(tmp_path, number, code)
    assert (result.returncode, result.stdout, result.stderr) == (-number, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_no_half_output(tmp_path, number):
    (tmp_path / "output").write_text("old")
    code = """
with replacing(Path("output")) as temporary:
    temporary.write_text("half")
    interrupt()
"""
    result = interrupted(tmp_path, number, code)
    assert (result.returncode, result.stderr) == (128 + number, "")
    assert [path.name for path in tmp_path.iterdir()] == ["output"]
    assert (tmp_path / "output").read_text() == "old"
