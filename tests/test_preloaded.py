"""A stage that DVC runs is a fork of a process that has imported what takes long."""

import importlib.util
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory

import psutil
import pytest

from byhand.pipeline.preloaded import MODULES
from tests.project import AS_NOBODY, PLAIN, ROOT, processes_in

# Modules of the standard library that nothing else imports stand for PyTorch and the like;
# Ctrl-C counts, though these tests may run where it is ignored.
STAGE = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from byhand.pipeline.lifetime import cleaning_up, end_at_once, end_with_parent
from byhand.pipeline.preloaded import call_with_imports
end_at_once()
end_with_parent()
def call(code, *words):
    forked = "colorsys" in sys.modules
    exec(code, globals() | locals())
call_with_imports(call, *sys.argv[1:], modules=["no_such_module", "leave_a_trace", "colorsys"])
"""
# it does for a stage what DVC does, and notes where DVC does that it runs one
DVC = """
import json, os, subprocess, sys
if os.path.exists(".dvc/tmp"):
    with open(".dvc/tmp/rwlock", "w") as file:
        json.dump({"write": {"/out": {"pid": os.getpid(), "cmd": "dvc repro"}}}, file)
for line in sys.stdin:
    command, variables = json.loads(line)
    variables = {k: v for k, v in (os.environ | variables).items() if v is not None}
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)
"""
SECONDS = 20  # that any of this may take at most


class Dvc:
    """Runs stages, one after another."""

    def __init__(self, folder, shell: str | None = None):
        self.folder, self.shell = folder, shell
        self.process = subprocess.Popen(
            [sys.executable, "-c", DVC],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, code: str, *arguments: str, **variables: str | None) -> None:
        command = [sys.executable, "-c", STAGE, code, *arguments]
        if self.shell:
            command = [self.shell, "-c", shlex.join(command)]
        request = [command, {"DVC_STAGE": "stage"} | variables]
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        ready, _, _ = select([self.process.stdout], [], [], SECONDS)
        assert ready
        return tuple(json.loads(self.process.stdout.readline()))

    def run(self, code: str, *arguments: str, **variables: str | None):
        self.begin(code, *arguments, **variables)
        return self.end()

    def run_until_forked(self, **variables: str) -> None:
        wait_until(lambda: self.run("print(forked)", **variables)[1] == "True\n")

    def begin_waiting(self) -> tuple[psutil.Process, psutil.Process]:
        """Begin a stage that says when it has begun; return its process and the fork."""
        said = self.folder / "said"
        self.begin("Path('said').write_text(str(os.getpid())); time.sleep(1000)")
        wait_until(lambda: said.exists() and said.read_text())
        (stage,) = psutil.Process(self.process.pid).children()
        fork = psutil.Process(int(said.read_text()))
        assert fork.pid != stage.pid
        return stage, fork


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
        with suppress(psutil.Error):
            process.kill()


@pytest.fixture
def dvc(folder):
    """DVC, with the process left behind that its stages are forks of from now on."""
    dvc = Dvc(folder)
    dvc.run_until_forked()
    return dvc


def test_every_module_that_is_imported_for_the_stages_is_there():
    assert all(importlib.util.find_spec(module) for module in MODULES)


@pytest.mark.parametrize("shell", [None, "/bin/sh", "/bin/bash"])
def test_the_first_stage_imports_for_itself_and_later_ones_are_forks(folder, shell):
    dvc = Dvc(folder, shell)
    assert dvc.run("print(forked)") == (0, "False\n", "")
    dvc.run_until_forked()
    assert len(processes_in(folder)) == 2  # DVC, and what it forks from


def test_nothing_is_imported_before_a_second_stage_comes(folder):
    (folder / "leave_a_trace.py").write_text("open('imported', 'w').close()")
    dvc = Dvc(folder)
    dvc.run("pass")
    time.sleep(0.5)
    assert not (folder / "imported").exists()
    dvc.run("pass")
    wait_until((folder / "imported").exists)


def test_a_fork_has_the_arguments_and_the_streams_of_its_stage(dvc):
    code = "print(words, forked); print('warned', file=sys.stderr)"
    assert dvc.run(code, "a b", "ä") == (0, "('a b', 'ä') True\n", "warned\n")


@pytest.mark.parametrize(
    ("code", "status", "last_line"),
    [
        ("sys.exit(3)", 3, None),
        ("sys.exit('a sentence')", 1, "a sentence"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL, None),
    ],
)
def test_a_stage_ends_as_its_fork_does(dvc, code, status, last_line):
    returned, _, error = dvc.run(f"assert forked; {code}")
    assert returned == status
    assert (error.splitlines() or [None])[-1] == last_line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_fork_ends_when_its_stage_is_stopped(dvc, number):
    stage, fork = dvc.begin_waiting()
    stage.send_signal(number)
    fork.wait(SECONDS)
    assert dvc.end()[0] in (128 + number, -number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_stops_a_stage_lets_its_fork_clean_up_and_is_waited_for(dvc, number):
    code = """
with cleaning_up():
    try:
        Path("said").write_text(str(os.getpid()))
        time.sleep(1000)
    finally:
        time.sleep(0.5)
        print("cleaned up")
"""
    dvc.begin(code)
    wait_until((dvc.folder / "said").exists)
    (stage,) = psutil.Process(dvc.process.pid).children()
    # a terminal sends Ctrl-C to all that it has in the foreground
    ctrl_c = [p for p in processes_in(dvc.folder) if p.pid != dvc.process.pid]
    for process in ctrl_c if number == signal.SIGINT else [stage]:
        process.send_signal(number)
    assert dvc.end()[:2] == (128 + number, "cleaned up\n")


def test_ctrl_c_ends_a_fork_that_has_nothing_to_clean_up(dvc):
    _, fork = dvc.begin_waiting()
    fork.send_signal(signal.SIGINT)
    assert dvc.end() == (128 + signal.SIGINT, "", "")


def test_a_stage_whose_fork_is_gone_without_a_word_is_not_run_again(dvc):
    code = """
print("begun", flush=True)
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(1000)
"""
    error = "error: the process that ran the stage is gone\n"
    assert dvc.run(code) == (1, "begun\n", error)
    assert dvc.run("print(forked)") == (0, "False\n", "")


@pytest.mark.parametrize("stopped", [False, True])
def test_the_process_that_stages_are_forks_of_ends_with_dvc(dvc, stopped):
    if stopped:
        dvc.begin_waiting()
        dvc.process.kill()
    else:
        dvc.process.stdin.close()
    dvc.process.wait(SECONDS)
    wait_until(lambda: not processes_in(dvc.folder))
    assert [p.name for p in (dvc.folder / ".dvc/tmp").iterdir()] == ["rwlock"]


def test_where_it_is_told_to_a_stage_runs_itself(dvc):
    assert dvc.run("print(forked)", PRELOAD="0") == (0, "False\n", "")
    assert len(processes_in(dvc.folder)) == 2  # nothing is left behind for another


@pytest.mark.parametrize("has_looked", [False, True])
def test_the_modules_leave_the_gpu_to_the_forks(has_looked):
    """CUDA refuses a fork of a process that has looked for a GPU, even where there is none."""
    code = f"""
import importlib, os, torch
for module in {MODULES if not has_looked else ()}:
    importlib.import_module(module)
if {has_looked}:
    torch.cuda.is_available()
if os.fork():
    os.wait()
else:
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:  # there is no GPU, or no CUDA
        print(error, flush=True)
    os._exit(0)
"""
    process = subprocess.run(
        [sys.executable, "-c", code],
        env=PLAIN | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert ("in forked subprocess" in process.stdout) == has_looked


def test_without_a_folder_for_the_socket_a_stage_runs_itself(tmp_path):
    dvc = Dvc(tmp_path)
    for _ in range(2):
        assert dvc.run("print(forked)") == (0, "False\n", "")
    dvc.process.stdin.close()
    dvc.process.wait(SECONDS)
    assert not processes_in(tmp_path)


def test_without_dvc_a_stage_runs_itself(folder):
    result = subprocess.run(
        [sys.executable, "-c", STAGE, "print(forked)"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "DVC_STAGE": "stage"},
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert (result.stdout, result.stderr) == ("False\n", "")
    assert not processes_in(folder)


def test_a_parent_with_dvc_in_its_command_line_is_not_taken_for_dvc(folder):
    """Only the process that DVC's own lock names runs stages."""
    (folder / "dvc").write_text(DVC.replace("os.getpid()", "1"))
    dvc = Dvc(folder)
    dvc.process.stdin.close()
    dvc.process = subprocess.Popen(
        [sys.executable, folder / "dvc"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(3):
        assert dvc.run("print(forked)")[1] == "False\n"
    assert len(processes_in(folder)) == 1


def test_a_fork_runs_no_exit_hook_that_an_import_left_behind(folder):
    (folder / "leave_a_trace.py").write_text(
        "import atexit; atexit.register(lambda: open('hook', 'w').close())"
    )
    dvc = Dvc(folder)
    dvc.run_until_forked()
    assert dvc.run("print(forked)")[1] == "True\n"
    assert not (folder / "hook").exists()


# asks for a fork, as another user who may do everything in this folder
OTHER_USER = f"""
import socket, sys
{AS_NOBODY}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
    try:
        link.connect(sys.argv[1])
        print("let in")
    except PermissionError:
        print("kept out")
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_no_other_user_may_have_a_stage_run_whatever_the_umask():
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".dvc/tmp").mkdir(parents=True)
        for path in (folder, folder / ".dvc", folder / ".dvc/tmp"):
            path.chmod(0o777)
        before = os.umask(0)
        try:
            dvc = Dvc(folder)
        finally:
            os.umask(before)
        dvc.run_until_forked()
        (address,) = folder.glob(".dvc/tmp/stages.*")
        command = [sys.executable, "-c", OTHER_USER, str(address)]
        assert subprocess.check_output(command, text=True) == "kept out\n"
        dvc.process.stdin.close()
        dvc.process.wait(SECONDS)
        wait_until(lambda: not processes_in(folder))
