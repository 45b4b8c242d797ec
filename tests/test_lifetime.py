"""How a stage ends when it is interrupted: at once, or after cleaning up."""

import signal
import subprocess
import sys

import pytest

from tests.project import ROOT

# Ctrl-C counts, though these tests may run where it is ignored
INTERRUPTED = """
import os
import signal
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from byhand.pipeline.lifetime import cleaning_up, end_at_once
from byhand.pipeline.outputs import replacing
end_at_once()

def interrupt():
    os.kill(os.getpid(), {number})

{code}
"""


def interrupted(folder, number, code):
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(number=int(number), code=code)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
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
def test_what_must_clean_up_does_so_first(tmp_path, number):
    (tmp_path / "folder").mkdir()
    code = """
with cleaning_up():
    try:
        interrupt()
    finally:
        Path("folder").rmdir()
"""
    result = interrupted(tmp_path, number, code)
    assert (result.returncode, result.stderr) == (128 + number, "")
    assert not list(tmp_path.iterdir())
