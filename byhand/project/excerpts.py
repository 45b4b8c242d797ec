"""Parts of this project's texts, as they are written, comments included."""

import re
from collections.abc import Iterable

# the only words of a file that its copy lacks
CHAPTER = r"[Cc]hapters? \d+(?:(?:,| and| to) \d+)*(?: of the book)?[.,]"
CHAPTERS = re.compile(rf"^{CHAPTER} | {CHAPTER}", re.MULTILINE)


def without_chapters(text: str) -> str:
    """Return a text without the chapters that it names, such as `Chapter 4 of the book.`."""
    return CHAPTERS.sub("", text)


def entries(text: str, names: Iterable[str], indent: str = "") -> str:
    """Return entries of a YAML file: all lines from a key with this indent to the next."""
    parts = re.split(rf"^(?={indent}[\w#])", text, flags=re.MULTILINE)
    found = {part.strip().partition(":")[0]: part for part in parts}
    return "".join(found[name].rstrip() + "\n\n" for name in names)


def rules(makefile: str, targets: list[str]) -> str:
    """Return a Makefile with these targets alone, and what stands before the first target."""
    first, *paragraphs = makefile.partition(".PHONY:")
    paragraphs = "".join(paragraphs).rstrip().split("\n\n")
    found = [
        next(p for p in paragraphs if re.search(f"^{target}:", p, re.MULTILINE))
        for target in targets
    ]
    phony = " ".join(target for target in targets if "/" not in target)
    return "\n\n".join([f"{first}.PHONY: {phony}", *found]) + "\n"


def without_missing_deps(pipeline: str, paths: Iterable[str]) -> str:
    """Return a dvc.yaml without those deps on code and requirements that are not there.

    paths: of the files that are there.
    """
    there = set()
    for path in paths:
        parts = path.split("/")
        there |= {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}

    def kept(line: re.Match) -> str:
        return line[0] if "${" in line[1] or line[1] in there else ""

    return re.sub(
        r"^ +- ((?:byhand|requirements)/.*)\n", kept, pipeline, flags=re.MULTILINE
    )
