"""What takes long to import, imported once for all stages that one DVC command runs.

The first stage leaves a process behind that imports it. Once it has, every further stage
is a fork of that process, as the workers of PyTorch's DataLoader are forks of theirs: of
`dvc exp run -S train.lr=0.05` that saves 25 s of 83. The process ends with DVC's.
"""

import atexit
import gc
import os
import shutil
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from signal import SIG_IGN, SIGINT, SIGKILL, SIGTERM, signal
from zlib import crc32

from stages.pipeline.lifetime import SECONDS_TO_CLEAN_UP, end_with_parent

MODULES = (
    "torch",
    "torch._dynamo",  # torch.optim's
    "matplotlib.figure",
    "sklearn.linear_model",
    "transformers.trainer",
)
LONGEST = 2**16  # bytes of a stage's command line


def share_imports(modules: Iterable[str] = MODULES) -> None:
    """Return in the process that is to run the stage: this one, or a fork with the modules.

    Where a fork runs it, this process waits, and ends as the fork does. Where none can yet,
    this starts what forks will come from. All that is for stages of one DVC command with the
    same environment variables, on Linux, unless PRELOAD=0 forbids it; and not on a GPU: a
    fork can't use one where an import has looked for it. Any other stage runs itself.
    """
    wanted = os.environ.get("PRELOAD") != "0" and os.environ.get("DEVICE") in (
        None,
        "cpu",
    )
    if not (wanted and hasattr(os, "pidfd_open") and "DVC_STAGE" in os.environ):
        return
    if not (found := find_dvc()):
        return
    dvc, began = found
    variables = sorted((os.environ | {"DVC_STAGE": ""}).items())
    address = f".dvc/tmp/stages.{dvc}.{began}.{crc32(repr(variables).encode())}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
        if not os.path.exists(address):
            leave_behind(link, address, dvc, modules)
        elif asked(link, address):
            end_as_fork(link)


def find_dvc() -> tuple[int, str] | None:
    """Return the process of DVC's that started this one, itself or by a shell, if any.

    Its number, and when it began, which a later one of that number can't have.
    """
    process = os.getpid()
    with suppress(OSError):
        for _ in range(2):
            process = int(stat(process)[1])
            command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            if b"dvc" in [os.path.basename(word) for word in command]:
                return process, stat(process)[19].decode()
    return None


def stat(process: int) -> list[bytes]:
    """Return a process's state, its parent and so on: proc(5), from the third field on."""
    return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()


def leave_behind(
    link: socket.socket, address: str, dvc: int, modules: Iterable[str]
) -> None:
    """Start the process that forks, at this address."""
    try:
        link.bind(address)
        first = os.pidfd_open(os.getpid())
        server = os.fork()
    except OSError:  # the folder takes no socket, or another was quicker
        return
    if server == 0:
        serve(link, dvc, first, modules)


def asked(link: socket.socket, address: str) -> bool:
    """Ask for a fork that runs this process's command line, and return whether it will."""
    request = "\0".join([os.environ["DVC_STAGE"], *sys.argv])
    try:
        link.connect(address)
        socket.send_fds(link, [request.encode()], [0, 1, 2])
    except OSError:  # there is none before the modules are imported
        return False
    return True


def end_as_fork(link: socket.socket) -> None:
    """Wait for the fork, and end with its exit status."""
    signal(SIGINT, SIG_IGN)  # a terminal sends it to the fork as well
    signal(SIGTERM, lambda *_: link.shutdown(socket.SHUT_WR))
    status = b""
    with suppress(OSError):
        status = link.recv(1)
    sys.exit(status[0] if status else "error: the process that ran the stage is gone")


def serve(link: socket.socket, dvc: int, first: int, modules: Iterable[str]) -> None:
    """Import the modules, then fork for every stage until DVC ends; return in each fork.

    Args:
        link: to listen at.
        dvc: the number of DVC's process.
        first: a file descriptor of the first stage's process. It is not to be slowed down,
            and may be the only one: nothing is imported before it ends.
        modules: by name.
    """
    on_interrupt = signal(SIGINT, SIG_IGN)  # a fork may have to clean up
    redirect([os.open(os.devnull, os.O_RDWR) for _ in range(3)])
    dvc_ends = os.pidfd_open(dvc)
    select([first], [], [])
    for module in modules:
        if not select([dvc_ends], [], [], 0)[0]:
            with suppress(Exception):  # a stage that needs it will say what is wrong
                import_module(module)
    gc.freeze()
    link.listen()
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
                # of the folder that matplotlib makes where HOME takes none: others need it
                atexit.unregister(shutil.rmtree)
                os.environ["DVC_STAGE"], *sys.argv = request.decode().split("\0")
                return
            for stream in streams:
                os.close(stream)
            answer(stage, fork)
    os.unlink(link.getsockname())
    sys.exit()


def redirect(streams: list[int]) -> None:
    """Let these take the place of standard input, output and error."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def answer(stage: socket.socket, fork: int) -> None:
    """Send the stage's process the exit status of its fork; end the fork if that is gone."""
    fork_ends = os.pidfd_open(fork)
    if stage in select([stage, fork_ends], [], [])[0]:
        os.kill(fork, SIGTERM)
        if not select([fork_ends], [], [], SECONDS_TO_CLEAN_UP)[0]:
            os.kill(fork, SIGKILL)
    _, status = os.waitpid(fork, 0)
    os.close(fork_ends)
    code = os.waitstatus_to_exitcode(status)
    with suppress(OSError):
        stage.send(bytes([code if code >= 0 else 128 - code]))  # as a shell says it
