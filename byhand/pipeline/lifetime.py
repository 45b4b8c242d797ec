"""How a process ends: with its parent, and at once unless it must clean up."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PR_SET_PDEATHSIG = 1  # Linux, prctl(2): the signal to get when the parent ends
SECONDS_TO_CLEAN_UP = 15


def end_at_once() -> None:
    """Let SIGINT end the process as SIGTERM does, without an exception.

    An exception could come in the middle of an import, and look like another failure. A
    background job ignores SIGINT; it goes on doing so.
    """
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def cleaning_up() -> Iterator[None]:
    """Let SIGINT and SIGTERM run the `finally` clauses within this block first."""
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
    """Raise SystemExit. Should Python swallow it, the alarm ends the process."""
    signal.alarm(SECONDS_TO_CLEAN_UP)
    sys.exit(128 + number)


def end_with_parent() -> None:
    """Get SIGTERM when the parent process ends, even by SIGKILL. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def ending_with_parent(command: list[str]) -> list[str]:
    """Return the command line of a program that runs this one and ends with its parent."""
    return [sys.executable, __file__, *command]


if __name__ == "__main__":
    end_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])
