"""Print the book's figures beside ours, and the test results of the other models.

The text is Chinese if the locale's language is Chinese and the terminal shows Chinese, else
English. On a terminal without symbols such as ±, ASCII takes their place.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from byhand.pages.book import Comparison, compare_all, spread_of, tally
from byhand.pages.results import read_metrics, read_rows
from byhand.pages.words import WORDS
from byhand.pipeline.columns import line, widths
from byhand.pipeline.params import load_params
from byhand.training.blocks import Models

HEADINGS = ("", "figure", "book", "ours", "expected", "book’s distance", "as expected")
TO_THE_RIGHT = [HEADINGS.index(name) for name in ("book", "ours")]
VERDICTS = {True: "yes", False: "NO", None: ""}
ASCII = str.maketrans(
    {"±": "+-", "–": "-", "σ": "sigma", "Σ": "sum", "²": "^2", "·": "*", "’": "'"}
)


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # ASCII below lacks some symbols
    say = translation()
    metrics = read_metrics(Path("metrics"))
    comparisons = compare_all(read_rows(Path("data/book_figures.csv")), metrics)
    known = {c.subject for c in comparisons}
    own = [
        Comparison(model, key, f"test {key}", "", value, str(spread or ""))
        for model in load_params("models", Models)
        if model not in known
        for key, value in metrics.get(f"test/{model}", {}).items()
        if key in ("accuracy", "loss")
        for spread in [spread_of(metrics, f"test/{model}", key)]
    ]
    rows = [tuple(map(say, HEADINGS))]
    for c in comparisons + own:
        figures = c.book or "–", say(c.ours_in_words), c.expected, c.book_lies
        rows.append((c.subject, say(c.figure), *figures, say(VERDICTS[c.is_right])))
    print_table(rows)
    print()
    tallies = tally(comparisons)
    for sentence, right, judged in tallies:
        print(printable(say(sentence).format(right, judged)))
    if any(right < judged for _, right, judged in tallies):
        sentence = say(
            "The others are wrong only if params.yaml has the book’s settings."
        )
        print(printable(sentence))
    for c in comparisons:
        if abs(c.book_deviations or 0) > 3:
            sentence = say("The book’s {0} of {1} lies {2} from the seeds’ mean.")
            sentence = sentence.format(say(c.figure), c.subject, c.book_lies)
            print(printable(sentence))


def translation() -> Callable[[str], str]:
    """Return a function that translates words of words.json into the locale's language."""
    settings = map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    is_chinese = next(filter(None, settings), "").startswith("zh")
    words = WORDS if is_chinese and can_show(WORDS["book"]) else {}
    return lambda text: words.get(text, text)


def can_show(text: str) -> bool:
    """Return whether the terminal's encoding has all letters of a text."""
    encoding = sys.stdout.encoding
    return text == text.encode(encoding, "replace").decode(encoding)


def printable(text: str) -> str:
    """Return the text, in ASCII as far as possible if the terminal can't show all of it."""
    return text if can_show(text) else text.translate(ASCII)


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows of cells, each column as wide as its widest cell."""
    rows = [tuple(map(printable, row)) for row in rows]
    of_columns = widths(rows)
    for row in rows:
        print(line(row, of_columns, TO_THE_RIGHT))
