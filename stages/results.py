"""Print the book's figures beside ours, from the metrics as they are."""

import csv
import json
from pathlib import Path

from pipeline.command import run

from pages.book import Comparison, compare


def main() -> None:
    line = "{:<26} {:<14} {:>8} {:>9}  {:<18} {}".format
    print(line("model", "metric", "book", "ours", "range", "in range"))
    for c in comparisons():
        book = "–" if c.book is None else str(c.book)
        spread = f"{c.low:.4f} to {c.high:.4f}"
        verdict = "yes" if c.is_inside else "NO"
        print(line(c.model, c.metric, book, f"{c.ours:.5f}", spread, verdict))


def comparisons() -> list[Comparison]:
    """Return the book's figures beside the metrics as they are."""
    with open("data/book_figures.csv", newline="", encoding="utf-8") as file:
        figures = list(csv.DictReader(file))
    train, test = (
        {
            model: json.loads(Path(f"metrics/{part}/{model}.json").read_text())
            for model in {figure["model"] for figure in figures}
        }
        for part in ("train", "test")
    )
    return compare(figures, train, test)


if __name__ == "__main__":
    run(main)
