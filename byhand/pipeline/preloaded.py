"""Packages that take long to import, imported once for all stages of one DVC command.

The first stage leaves a process behind. When a second stage comes, that process imports
the packages, and every further stage is a fork of it, as the workers of PyTorch's
DataLoader are forks. `dvc exp run -S train.lr=0.05` takes 45 s so, instead of 76. The
process ends with DVC's.
"""

import gc
import os
import re
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from signal import SIG_IGN, SIGINT, SIGKILL, SIGTERM, signal
from typing import NoReturn

from byhand.pipeline.lifetime import SECONDS_TO_CLEAN_UP, end_with_parent

MODULES = (
    "torch",
    "torch._dynamo",  # torch.optim imports it
    "matplotlib.figure",
    "sklearn.linear_model",
    "transformers.trainer",
)
LONGEST = 2**16  # bytes of a stage's command line
FORKED = b"forked"
LOCKS = Path(".dvc/tmp/rwlock")  # DVC notes here which process runs a stage


def call_with_imports(
    function: Callable[..., None], *words: str, modules: Iterable[str] = MODULES
) -> None:
    """Call a function with these words: here, or in a fork that has the modules.

    Where a fork calls it, this process waits, and ends as the fork does. Forks are for
    stages of one DVC command, on Linux, and PRELOAD=0 forbids them. They can use a GPU: CUDA
    refuses only forks of a process that has looked for one, and no import of a module does.
    """
    if found := find_dvc():
        dvc, began = found
        address = f".dvc/tmp/stages.{dvc}.{began}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
            if os.path.exists(address):
                if asked(link, address, words):
                    end_as_fork(link)
            elif is_left_behind(link, address):
                serve(link, dvc, modules, function)
    function(*words)


def find_dvc() -> tuple[int, str] | None:
    """Return DVC's process, if it started this one, itself or by a shell, and forks may run.

    Returns:
        Its number and its start time: a later process with this number has another.
    """
    if os.environ.get("PRELOAD") == "0" or not hasattr(os, "pidfd_open"):
        return None
    process = os.getpid()
    with suppress(OSError):
        running = re.findall(r'"pid": (\d+)', LOCKS.read_text())
        for _ in range(2):
            process = int(stat(process)[1])
            if str(process) in running:
                return process, stat(process)[19].decode()
    return None


def stat(process: int) -> list[bytes]:
    """Return a process's state, its parent and so on: proc(5), from the third field on."""
    return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()


def is_left_behind(link: socket.socket, address: str) -> bool:
    """Take this address and start another process; return whether this is that process."""
    with suppress(OSError):  # the folder takes no socket, or another was quicker
        link.bind(address)
        os.chmod(address, 0o600)  # whoever may write to it may run stages as this user
        return os.fork() == 0
    return False


def asked(link: socket.socket, address: str, words: Iterable[str]) -> bool:
    """Ask for a fork that calls the function with these words; return whether it will."""
    request = "\0".join([os.environ.get("DVC_STAGE", ""), *words])
    try:
        link.connect(address)
        socket.send_fds(link, [request.encode()], [0, 1, 2])
        return link.recv(len(FORKED)) == FORKED
    except OSError:
        return False


def end_as_fork(link: socket.socket) -> None:
    """Wait for the fork, and end with its exit status."""
    signal(SIGINT, SIG_IGN)  # a terminal sends it to the fork as well
    signal(SIGTERM, lambda *_: link.shutdown(socket.SHUT_WR))
    status = b""
    with suppress(OSError):
        status = link.recv(1)
    sys.exit(status[0] if status else "error: the process that ran the stage is gone")


def serve(
    link: socket.socket, dvc: int, modules: Iterable[str], function: Callable[..., None]
) -> NoReturn:
    """Wait for a second stage, import the modules, then fork for every stage until DVC ends.

    A fork calls the function. dvc is the number of DVC's process.
    """
    on_interrupt = signal(SIGINT, SIG_IGN)  # a fork may have to clean up
    redirect([os.open(os.devnull, os.O_RDWR) for _ in range(3)])
    dvc_ends = os.pidfd_open(dvc)
    link.listen()
    if link in select([link, dvc_ends], [], [])[0]:
        link.accept()[0].close()  # the second stage calls the function itself meanwhile
        for module in modules:
            if not select([dvc_ends], [], [], 0)[0]:
                with suppress(Exception):  # a stage that needs the module will complain
                    import_module(module)
        gc.freeze()
    while dvc_ends not in select([link, dvc_ends], [], [])[0]:
        with link.accept()[0] as stage:
            request, streams, *_ = socket.recv_fds(stage, LONGEST, 3)
            if len(streams) < 3:  # it was stopped before it asked
                continue
            fork = os.fork()
            if fork == 0:
                signal(SIGINT, on_interrupt)
                end_with_parent()
                redirect(streams)
                os.environ["DVC_STAGE"], *words = request.decode().split("\0")
                call_and_exit(function, words)
            for stream in streams:
                os.close(stream)
            answer(stage, fork)
    os.unlink(link.getsockname())
    os._exit(0)


def call_and_exit(function: Callable[..., None], words: Iterable[str]) -> NoReturn:
    """Call a function, and end as Python does, without exit hooks: they are the server's."""
    status = 1
    try:
        function(*words)
        status = 0
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        else:
            status = error.code or 0
    finally:
        if sys.exception():
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def redirect(streams: list[int]) -> None:
    """Let these take the place of standard input, output and error."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def answer(stage: socket.socket, fork: int) -> None:
    """Send the exit status of a stage's fork; end the fork if the stage's process is gone."""
    fork_ends = os.pidfd_open(fork)
    with suppress(OSError):
        stage.send(FORKED)
    if stage in select([stage, fork_ends], [], [])[0]:
        os.kill(fork, SIGTERM)
        if not select([fork_ends], [], [], SECONDS_TO_CLEAN_UP)[0]:
            os.kill(fork, SIGKILL)
    _, status = os.waitpid(fork, 0)
    os.close(fork_ends)
    code = os.waitstatus_to_exitcode(status)
    with suppress(OSError):
        stage.send(bytes([code if code >= 0 else 128 - code]))  # as a shell says it
