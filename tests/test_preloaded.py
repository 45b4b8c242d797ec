"""A stage that DVC runs is a fork of a process that has imported what takes long."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.project import ROOT

# modules of the standard library that nothing else imports stand for PyTorch and the like
STAGE = """
import os, signal, sys, time
from pathlib import Path
from stages.pipeline.lifetime import end_with_parent
from stages.pipeline.preloaded import share_imports
end_with_parent()
share_imports(["no_such_module", "colorsys"])
preloaded = "colorsys" in sys.modules
exec(sys.argv.pop(1))
"""
SECONDS = 20  # that any of this may take at most


def command(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", STAGE, code, *arguments]


def environment(**variables: str) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    return ours | {"DVC_STAGE": "stage", "PYTHONPATH": str(ROOT)} | variables


def run(folder, code, *arguments, **variables):
    """Run a stage as DVC does, of which this process takes the place."""
    return subprocess.run(
        command(code, *arguments),
        cwd=folder,
        env=environment(**variables),
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def processes_in(folder) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder):
                found.append(process)
        except psutil.Error:
            pass
    return found


def wait_until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    yield tmp_path
    for process in processes_in(tmp_path):
        process.kill()


@pytest.fixture
def preloaded(folder):
    """A folder in which stages are forks from now on."""
    wait_until(lambda: run(folder, "print(preloaded)").stdout == "True\n")
    return folder


def test_the_first_stage_imports_for_itself_and_later_ones_are_forks(folder):
    assert run(folder, "print(preloaded)").stdout == "False\n"
    wait_until(lambda: run(folder, "print(preloaded)").stdout == "True\n")
    assert len(processes_in(folder)) == 1


def test_a_fork_has_the_arguments_and_the_streams_of_its_stage(preloaded):
    code = "print(sys.argv[1:], preloaded); print('warned', file=sys.stderr)"
    result = run(preloaded, code, "a b", "ä")
    assert result.stdout == "['a b', 'ä'] True\n"
    assert result.stderr == "warned\n"


@pytest.mark.parametrize(
    ("code", "status", "last_line"),
    [
        ("sys.exit(3)", 3, None),
        ("sys.exit('a sentence')", 1, "a sentence"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL, None),
    ],
)
def test_a_stage_ends_as_its_fork_does(preloaded, code, status, last_line):
    result = run(preloaded, f"assert preloaded; {code}")
    assert result.returncode == status
    assert (result.stderr.splitlines() or [None])[-1] == last_line


def test_another_environment_has_forks_of_its_own(preloaded):
    code = "print(preloaded, os.environ.get('SHADE'))"
    assert run(preloaded, code, SHADE="red").stdout == "False red\n"
    wait_until(lambda: run(preloaded, code, SHADE="red").stdout == "True red\n")
    assert run(preloaded, code).stdout == "True None\n"
    assert run(preloaded, code, DVC_STAGE="another").stdout == "True None\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_fork_ends_when_its_stage_is_stopped(preloaded, number):
    code = "Path('pid').write_text(str(os.getpid())); time.sleep(1000)"
    stage = subprocess.Popen(command(code), cwd=preloaded, env=environment())
    pid = preloaded / "pid"
    wait_until(lambda: pid.exists() and pid.read_text())
    fork = psutil.Process(int(pid.read_text()))
    assert fork.pid != stage.pid
    stage.send_signal(number)
    stage.wait(SECONDS)
    fork.wait(SECONDS)


def test_ctrl_c_reaches_the_fork_which_may_clean_up(preloaded):
    code = """
def clean_up(*_):
    time.sleep(0.5)
    print("cleaned up")
    sys.exit(130)
signal.signal(signal.SIGINT, clean_up)
print("started", flush=True)
time.sleep(1000)
"""
    stage = subprocess.Popen(
        command(code), cwd=preloaded, env=environment(), stdout=subprocess.PIPE
    )
    assert stage.stdout.readline() == b"started\n"
    # as a terminal sends it, to all that it has in the foreground
    for process in processes_in(preloaded):
        process.send_signal(signal.SIGINT)
    output, _ = stage.communicate(timeout=SECONDS)
    assert (output, stage.returncode) == (b"cleaned up\n", 130)


def test_a_stage_whose_fork_is_gone_without_a_word_runs_itself(preloaded):
    code = """
print("forked" if preloaded else "here", flush=True)
if preloaded:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(1000)
"""
    assert run(preloaded, code).stdout == "forked\nhere\n"


def test_the_process_that_waits_ends_with_dvc(folder):
    stage = command("print(preloaded)")
    dvc = f"""
import subprocess, time
while subprocess.check_output({stage!r}) != b"True\\n":
    time.sleep(0.1)
"""
    subprocess.run(
        [sys.executable, "-c", dvc],
        cwd=folder,
        env=environment(),
        check=True,
        timeout=SECONDS,
    )
    wait_until(lambda: not processes_in(folder))
    assert not list((folder / ".dvc/tmp").iterdir())


@pytest.mark.parametrize("variables", [{}, {"DVC_STAGE": "stage"}])
def test_without_dvc_or_its_folder_a_stage_runs_itself(tmp_path, variables):
    for _ in range(2):
        result = subprocess.run(
            command("print(preloaded)"),
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)} | variables,
            check=True,
            capture_output=True,
            text=True,
        )
        assert (result.stdout, result.stderr) == ("False\n", "")
    assert not processes_in(tmp_path)
