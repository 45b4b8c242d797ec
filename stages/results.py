"""Print the book's figures beside ours, and what models of one's own reached."""

from pathlib import Path

from stages.pages.book import (
    Comparison,
    read_comparisons,
    read_metrics,
    read_spread,
    tally,
)
from stages.pipeline.params import load_params
from stages.training.blocks import Models

VERDICTS = {True: "yes", False: "NO", None: ""}


def main() -> None:
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
    line = "{:<26} {:<29} {:>20} {:>20}  {:<16} {:<10} {}".format
    print(line("", "figure", "book", "ours", "expected", "book lies", "as expected"))
    for c in comparisons + own:
        found = c.book or "–", c.ours_in_words, c.expected, c.book_lies
        print(line(c.subject, c.figure, *found, VERDICTS[c.is_right]))
    right, judged = tally(comparisons)
    print(f"\n{right} of {judged} are as expected.")
    if right < judged:
        print("With other parameters than the book's, that is no fault.")
    for c in comparisons:
        if abs(c.book_deviations or 0) > 3:
            print(f"The book's {c.figure} of {c.subject} lies at {c.book_lies}.")
