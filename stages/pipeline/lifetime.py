"""How a process ends: with the one that started it, and at once unless it must clean up."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PR_SET_PDEATHSIG = 1  # Linux, prctl(2): the signal to get when the parent ends
SECONDS_TO_CLEAN_UP = 15


def end_at_once() -> None:
    """Let SIGINT end the process as SIGTERM does, with no exception in whatever runs.

    An exception could come anywhere, in the middle of an import, say, and be taken there
    for another failure. Where SIGINT is ignored, as in a background job, it stays so.
    """
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def cleaning_up() -> Iterator[None]:
    """Let SIGINT and SIGTERM do first what stands in `finally` within this block."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, exit_soon)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_soon(number: int, _) -> None:
    """Raise SystemExit.

    Python swallows it while it collects garbage: then the alarm ends the process.
    """
    signal.alarm(SECONDS_TO_CLEAN_UP)
    sys.exit(128 + number)


def end_with_parent() -> None:
    """Get SIGTERM when the parent process ends, even by SIGKILL; on Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def ending_with_parent(command: list[str]) -> list[str]:
    """Return the command line of a program that does the same."""
    return [sys.executable, __file__, *command]


if __name__ == "__main__":
    end_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])
