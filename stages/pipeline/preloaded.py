"""What takes long to import, imported once for all stages that one DVC command runs.

The first stage leaves a process behind that imports it. Once it has, every further stage
is a fork of that process, as the workers of PyTorch's DataLoader are forks of theirs: of
`dvc exp run -S train.lr=0.05` that saves 25 s of 83. The process ends with DVC's.
"""

import gc
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from select import select
from signal import SIG_IGN, SIGINT, SIGTERM, signal
from zlib import crc32

from stages.pipeline.lifetime import end_with_parent

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

    Where a fork runs it, this process waits, and ends as the fork does. Forks there are for
    DVC's stages alone, on Linux, and each is of a process with the stage's environment.
    """
    if "DVC_STAGE" not in os.environ or not hasattr(os, "pidfd_open"):
        return
    dvc = os.getppid()
    environment = sorted((os.environ | {"DVC_STAGE": ""}).items())
    address = f".dvc/tmp/stages.{dvc}.{crc32(repr(environment).encode())}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
        try:
            if os.path.exists(address):
                link.connect(address)
                end_as_fork(link)
                return
            link.bind(address)
        except OSError:  # it still imports, or is gone; or the folder takes no socket
            return
        if os.fork() == 0:
            serve(link, dvc, modules)


def end_as_fork(link: socket.socket) -> None:
    """Let a fork run this process's command line, and end with its exit status."""
    on_interrupt = signal(SIGINT, SIG_IGN)  # a terminal sends it to the fork as well
    try:
        socket.send_fds(link, ["\0".join(sys.argv).encode()], [0, 1, 2])
        if status := link.recv(1):
            sys.exit(status[0])
    finally:
        signal(SIGINT, on_interrupt)


def serve(link: socket.socket, dvc: int, modules: Iterable[str]) -> None:
    """Import the modules, then fork for every stage until DVC ends; return in each fork."""
    on_interrupt = signal(SIGINT, SIG_IGN)  # a fork may have to clean up
    redirect([os.open(os.devnull, os.O_RDWR)] * 3)
    dvc_ends = os.pidfd_open(dvc)
    for module in modules:
        if not select([dvc_ends], [], [], 0)[0]:
            with suppress(ImportError):  # then nothing needs it that can be run
                import_module(module)
    gc.freeze()
    link.listen()
    while dvc_ends not in select([link, dvc_ends], [], [])[0]:
        stage, _ = link.accept()
        command, streams, _, _ = socket.recv_fds(stage, LONGEST, 3)
        fork = os.fork()
        if fork == 0:
            signal(SIGINT, on_interrupt)
            end_with_parent()
            redirect(streams)
            sys.argv = command.decode().split("\0")
            return
        for stream in streams:
            os.close(stream)
        answer(stage, fork)
    os.unlink(link.getsockname())
    os._exit(0)


def redirect(streams: list[int]) -> None:
    """Let standard input, output and error be these."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)


def answer(stage: socket.socket, fork: int) -> None:
    """Send the stage's process the exit status of the fork, which ends if that does."""
    fork_ends = os.pidfd_open(fork)
    if stage in select([stage, fork_ends], [], [])[0]:
        os.kill(fork, SIGTERM)
    _, status = os.waitpid(fork, 0)
    os.close(fork_ends)
    code = os.waitstatus_to_exitcode(status)
    with suppress(OSError), stage:
        stage.send(bytes([code if code >= 0 else 128 - code]))
