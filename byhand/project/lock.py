"""A part of this project's requirements, and of their lock, with the hashes as they are."""

import re
from collections.abc import Iterable

PIN = re.compile(r"[A-Za-z0-9][\w.-]*(?===)")
REQUIRED_BY = re.compile(r"^    # (?:via |  )(.+)\n", re.MULTILINE)


def normal(package: str) -> str:
    """Return a package's name as a lock has it."""
    return re.sub(r"[-_.]+", "-", package).lower()


def pinned(text: str) -> list[str]:
    """Return the packages that a file of requirements/ pins."""
    return [normal(pin[0]) for pin in map(PIN.match, text.splitlines()) if pin]


def only(text: str, packages: Iterable[str]) -> str:
    """Return a file of requirements/ with no other pins than those of these packages."""
    lines = text.splitlines(keepends=True)
    return "".join(x for x in lines if not pinned(x) or pinned(x)[0] in packages)


def part_of_lock(lock: str, requirements: dict[str, str]) -> str:
    """Return a lock as uv writes it of fewer requirements, without another look at an index.

    A package stays if a requirement pins it, or if a package needs it that stays. uv notes
    under each package who needs it.

    Args:
        lock: text of the lock of all requirements.
        requirements: the texts of those that count, by path, such as requirements/torch.in.
    """
    head, *entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)
    roots = {f"-r {path}": pinned(text) for path, text in requirements.items()}
    kept = set().union(*roots.values())
    before = set()
    while kept != before:
        before = set(kept)
        for entry in entries:
            if kept & set(REQUIRED_BY.findall(entry)):
                kept.add(PIN.match(entry)[0])
    head = re.sub(
        r" (requirements/\S+)", lambda p: p[0] if p[1] in requirements else "", head
    )
    parts = []
    for entry in entries:
        name = PIN.match(entry)[0]
        reasons = REQUIRED_BY.findall(entry)
        left = [r for r in reasons if r in kept or name in roots.get(r, ())]
        if name in kept:
            parts.append(with_reasons(entry, left))
    return head + "".join(parts)


def with_reasons(entry: str, reasons: list[str]) -> str:
    """Return a package's entry in the lock with these reasons instead of its own."""
    pins = re.sub(r"^    # via\n", "", REQUIRED_BY.sub("", entry), flags=re.MULTILINE)
    if len(reasons) == 1:
        return f"{pins}    # via {reasons[0]}\n"
    return pins + "".join(["    # via\n", *(f"    #   {r}\n" for r in reasons)])
