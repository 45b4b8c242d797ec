"""A process that does not outlive the one that started it."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # Linux, prctl(2): the signal to get when the parent ends


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
