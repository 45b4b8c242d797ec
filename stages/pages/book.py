"""The figures that the book prints, beside ours, and how far ours scatter."""

import csv
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

from stages.pipeline.files import read_json

SEEDS_KEY = {"accuracy": "test_acc"}  # what is called otherwise than in metrics


class Spread(NamedTuple):
    """How far a figure scatters over the seeds 0 to n - 1; std is the sample's."""

    n: int
    mean: float
    std: float

    def __str__(self) -> str:
        """Return mean ± std, to the second digit of std that is not 0."""
        digits = max(0, 1 - math.floor(math.log10(self.std))) if self.std else 5
        return f"{self.mean:.{digits}f} ± {self.std:.{digits}f}"

    def deviations(self, value: float) -> float:
        """Return how many standard deviations a value lies above the mean."""
        if value == self.mean:
            return 0.0
        return (value - self.mean) / self.std if self.std else math.inf


class Comparison(NamedTuple):
    """One figure of the book's beside ours.

    subject: the model or the stage that it is a figure of.
    figure: what it is, in words.
    key: its name in the metrics.
    book: what the book prints, as JSON; empty where it prints none.
    ours: what the metrics say; None where they are missing.
    expected: what a right reproduction gives, in words: = for the same as the book, or the
        spread over our seeds; empty where that is open.
    is_right: whether ours is that, and the book's within the spread; None where it is open.
    spread: over our seeds; None where there is none.
    """

    subject: str
    key: str
    figure: str
    book: str
    ours: Any
    expected: str = ""
    is_right: bool | None = None
    spread: Spread | None = None

    @property
    def ours_in_words(self) -> str:
        """Return our figure as JSON, a float rounded to five decimals."""
        if self.ours is None:
            return "missing"
        if isinstance(self.ours, float):
            return f"{self.ours:.5f}"
        return json.dumps(self.ours)

    @property
    def book_deviations(self) -> float | None:
        """Return how many deviations the book's figure lies above our seeds' mean."""
        if self.spread and self.book:
            return self.spread.deviations(json.loads(self.book))
        return None

    @property
    def book_lies(self) -> str:
        """Return the same in words."""
        return "" if self.book_deviations is None else f"{self.book_deviations:+z.1f} σ"


def compare(
    row: dict[str, str], metrics: dict[str, Any], spread: Spread | None = None
) -> Comparison:
    """Return a figure of the book's beside ours.

    Args:
        row: of data/book_figures.csv. Its column `expected` says what a right reproduction
            gives: the same; a figure that scatters over the seeds, so that ours and the
            book's lie within three standard deviations of our mean; or that this is open,
            since it depends on the speed of the book's machine.
        metrics: what the row's file holds. A figure that is missing there is not right.
        spread: of the figure over our seeds, if they were run.
    """
    ours = metrics.get(row["key"])
    comparison = Comparison(
        Path(row["file"]).stem, row["key"], row["figure"], row["book"], ours
    )
    if row["expected"] == "same":
        return comparison._replace(
            expected="=", is_right=ours == json.loads(row["book"])
        )
    if row["expected"] == "seeds" and spread:
        printed = [ours] + ([json.loads(row["book"])] if row["book"] else [])
        return comparison._replace(
            expected=str(spread),
            is_right=None not in printed
            and all(abs(spread.deviations(value)) <= 3 for value in printed),
            spread=spread,
        )
    return comparison


def read_comparisons(
    path: Path = Path("data/book_figures.csv"),
) -> list[Comparison]:
    """Read the book's figures, and the metrics files that they name."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    metrics = {file: read_metrics(Path(file)) for file in {r["file"] for r in rows}}
    return [
        compare(row, metrics[row["file"]], read_spread(Path(row["file"]), row["key"]))
        for row in rows
    ]


def read_spread(path: Path, key: str) -> Spread | None:
    """Return how a figure in metrics/train/M.json or metrics/test/M.json scatters, if known."""
    seeds = read_metrics(path.parents[1] / "seeds" / path.name)
    summary = seeds.get(SEEDS_KEY.get(key, key))
    return summary and Spread(summary["n"], summary["mean"], summary["std"])


def tally(comparisons: list[Comparison]) -> tuple[int, int]:
    """Return how many figures are as expected, and how many can be judged."""
    judged = [c.is_right for c in comparisons if c.is_right is not None]
    return sum(judged), len(judged)


def read_metrics(path: Path) -> dict[str, Any]:
    """Read a metrics file; without it, there are none."""
    return read_json(path) if path.exists() else {}
