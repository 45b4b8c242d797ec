"""Another program, and what it prints."""

import subprocess

from stages.pipeline.errors import UserError


def output(*command: str) -> bytes:
    """Return what a command prints.

    Raises:
        UserError: it failed; with the last line that it said about that.
    """
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        last = (result.stderr.decode().strip().splitlines() or ["it said nothing"])[-1]
        raise UserError(f"{' '.join(command)} failed: {last}")
    return result.stdout
