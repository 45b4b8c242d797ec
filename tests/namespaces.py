"""Two network namespaces: as two machines that share a cable, and no more."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple


class Namespace(NamedTuple):
    """One end of the cable.

    within: the words that run a command in it.
    """

    within: list[str]
    interface: str
    address: str


def ip(*words: str, check: bool = True) -> None:
    """Run the program ip."""
    subprocess.run(["ip", *words], check=check, capture_output=True)


@contextlib.contextmanager
def joined() -> Iterator[list[Namespace]]:
    """Yield two, and remove them at the end.

    Raises:
        OSError, subprocess.CalledProcessError: they can't be made here.
    """
    names = [f"test{os.getpid()}{end}" for end in "ab"]
    ends = [
        Namespace(["ip", "netns", "exec", name], f"v{name}"[-15:], f"10.77.0.{number}")
        for number, name in enumerate(names, 1)
    ]
    try:
        for name in names:
            ip("netns", "add", name)
        one, other = (end.interface for end in ends)
        ip("link", "add", one, "type", "veth", "peer", "name", other)
        for name, end in zip(names, ends, strict=True):
            ip("link", "set", end.interface, "netns", name)
            ip("-n", name, "addr", "add", f"{end.address}/24", "dev", end.interface)
            ip("-n", name, "link", "set", end.interface, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield ends
    finally:
        with contextlib.suppress(OSError):
            for name in names:
                ip("netns", "del", name, check=False)
