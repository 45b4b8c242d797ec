"""Print the book's figures beside ours, and what models of one's own reached.

In Chinese where the locale's language is Chinese, else in English.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from unicodedata import east_asian_width

from stages.pages.book import (
    Comparison,
    read_comparisons,
    read_metrics,
    read_spread,
    tally,
)
from stages.pages.page import WORDS
from stages.pipeline.params import load_params
from stages.training.blocks import Models

HEADINGS = ("", "figure", "book", "ours", "expected", "book lies", "as expected")
TO_THE_RIGHT = ("book", "ours")
VERDICTS = {True: "yes", False: "NO", None: ""}


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # GBK has no ²
    say = translation()
    comparisons = read_comparisons()
    known = {c.subject for c in comparisons}
    own = [
        Comparison(model, key, f"test {key}", "", value, str(spread or ""))
        for model in load_params("models", Models)
        if model not in known
        for path in [Path(f"metrics/test/{model}.json")]
        for key, value in read_metrics(path).items()
        if key in ("accuracy", "loss")
        for spread in [read_spread(path, key)]
    ]
    rows = [tuple(map(say, HEADINGS))]
    for c in comparisons + own:
        figures = c.book or "–", say(c.ours_in_words), c.expected, c.book_lies
        rows.append((c.subject, say(c.figure), *figures, say(VERDICTS[c.is_right])))
    print_table(rows)
    right, judged = tally(comparisons)
    print()
    print(say("{0} of {1} are as expected.").format(right, judged))
    if right < judged:
        print(say("With other parameters than the book's, that is no fault."))
    for c in comparisons:
        if abs(c.book_deviations or 0) > 3:
            sentence = say("The book's {0} of {1} lies at {2}.")
            print(sentence.format(say(c.figure), c.subject, c.book_lies))


def translation() -> Callable[[str], str]:
    """Return what says English words in the locale's language; those it lacks, as they are."""
    settings = map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    is_chinese = next(filter(None, settings), "").startswith("zh")
    words = WORDS if is_chinese else {}
    return lambda text: words.get(text, text)


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows of cells, each column as wide as its widest cell."""
    widths = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        line = []
        for cell, name, widest in zip(row, HEADINGS, widths, strict=True):
            space = " " * (widest - width(cell))
            line.append(space + cell if name in TO_THE_RIGHT else cell + space)
        print("  ".join(line).rstrip())


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
