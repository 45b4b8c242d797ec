"""Run another program."""

import subprocess

from byhand.pipeline.errors import UserError


def output(*command: str) -> bytes:
    """Return what a command prints. If it fails, a UserError has its last line."""
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        last = (result.stderr.decode().strip().splitlines() or ["it said nothing"])[-1]
        raise UserError(f"{' '.join(command)} failed: {last}")
    return result.stdout
