"""The book's printed figures beside ours, and how far ours scatter over many seeds."""

import json
import math
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath
from typing import Any, NamedTuple

from byhand.pages import figures
from byhand.pages.results import Results, Rows, columns

Metrics = dict[str, dict[str, Any]]  # by name, as `read_metrics` returns them
# whether figures are as expected: of those that do not depend on chance, and of the others
TALLIES = {
    True: "{} of the {} figures that do not depend on chance equal the book’s.",
    False: (
        "{} of the {} figures that depend on chance lie within three standard deviations "
        "of our seeds’ mean, and so do the book’s."
    ),
}
SEEDS_KEY = {"accuracy": "test_acc"}  # key in the other metrics: key in metrics/seeds


class Spread(NamedTuple):
    """The scatter of a figure over the seeds 0 to n - 1; std is the sample's."""

    n: int
    mean: float
    std: float
    low: float = math.nan  # of all seeds
    high: float = math.nan

    def __str__(self) -> str:
        """Return mean ± std, to two significant digits of std."""
        digits = max(0, 1 - math.floor(math.log10(self.std))) if self.std else 5
        return f"{self.mean:.{digits}f} ± {self.std:.{digits}f}"

    @property
    def in_percent(self) -> str:
        """A share's mean ± std in percent, with one decimal."""
        return f"{100 * self.mean:.1f} ± {100 * self.std:.1f}\u00a0%"

    def deviations(self, value: float) -> float:
        """Return how many standard deviations a value lies above the mean."""
        if value == self.mean:
            return 0.0
        return (value - self.mean) / self.std if self.std else math.inf


class Comparison(NamedTuple):
    """One figure of the book beside ours."""

    subject: str  # name of the model or stage
    key: str  # the figure's name in the metrics
    figure: str  # the figure's name for readers
    book: str  # JSON; empty if the book prints no such figure
    ours: Any  # from the metrics; None if missing there
    expected: str = ""  # "=": the book's figure; or the spread as text; empty if open
    is_right: bool | None = None  # whether the figures are as expected; None if open
    spread: Spread | None = None  # over our seeds; None if there is none

    @property
    def ours_in_words(self) -> str:
        """Our figure as JSON; a float has five decimals."""
        if isinstance(self.ours, float):
            return f"{self.ours:.5f}"
        return "missing" if self.ours is None else json.dumps(self.ours)

    @property
    def book_deviations(self) -> float | None:
        """How many standard deviations the book's figure lies above our seeds' mean."""
        if self.spread and self.book:
            return self.spread.deviations(json.loads(self.book))
        return None

    @property
    def book_lies(self) -> str:
        """`book_deviations` as text, such as +0.6 σ."""
        return "" if self.book_deviations is None else f"{self.book_deviations:+z.1f} σ"


def compare(
    row: dict[str, str], metrics: dict[str, Any], spread: Spread | None = None
) -> Comparison:
    """Return a figure of the book beside ours.

    Args:
        row: of data/book_figures.csv. Its column `expected` is `same` (as the book's),
            `seeds` (ours and the book's within three standard deviations of our seeds'
            mean) or `open` (the figure depends on the speed of the author's machine).
        metrics: of the row's file. A figure that is missing there is not right.
        spread: of the figure over our seeds, if they were run.
    """
    ours, subject = metrics.get(row["key"]), PurePath(row["file"]).stem
    comparison = Comparison(subject, row["key"], row["figure"], row["book"], ours)
    if row["expected"] == "same":
        is_right = ours == json.loads(row["book"])
        return comparison._replace(expected="=", is_right=is_right)
    if row["expected"] == "seeds" and spread:
        comparison = comparison._replace(expected=str(spread), spread=spread)
        is_near = ours is not None and abs(spread.deviations(ours)) <= 3
        is_right = is_near and abs(comparison.book_deviations or 0) <= 3
        return comparison._replace(is_right=is_right)
    return comparison


def compare_all(rows: Rows, metrics: Metrics) -> list[Comparison]:
    """Return every figure of data/book_figures.csv beside ours."""
    comparisons = []
    for row in rows:
        name = row["file"].removeprefix("metrics/").removesuffix(".json")
        spread = spread_of(metrics, name, row["key"])
        comparisons.append(compare(row, metrics.get(name, {}), spread))
    return comparisons


def spread_of(metrics: Metrics, name: str, key: str) -> Spread | None:
    """Return the spread over the seeds of a figure of train/MODEL or test/MODEL, or None."""
    seeds = metrics.get(f"seeds/{PurePath(name).name}", {})
    summary = seeds.get(SEEDS_KEY.get(key, key))
    return summary and as_spread(summary)


def as_spread(summary: dict[str, float]) -> Spread:
    """Return a figure's spread, from its summary in the metrics."""
    return Spread(*(summary[key] for key in ("n", "mean", "std", "min", "max")))


def points(one: Spread, other: Spread) -> str:
    """Return how many percentage points one mean lies above another."""
    return f"{100 * (one.mean - other.mean):.1f}"


def tally(comparisons: list[Comparison]) -> list[tuple[str, int, int]]:
    """Return sentences, each with how many figures are as expected, of how many judged."""
    tallies = []
    for is_fixed, sentence in TALLIES.items():
        judged = [
            c.is_right
            for c in comparisons
            if c.is_right is not None and (c.expected == "=") == is_fixed
        ]
        if judged:
            tallies.append((sentence, sum(judged), len(judged)))
    return tallies


def chapter(results: Results, comparisons: list[Comparison]) -> tuple[dict, dict]:
    """Return all figures, and a chart of those that scatter, with every seed's figure."""
    scattered = [c for c in comparisons if c.spread]
    clouds, ours = [], []
    for c in scattered:
        seeds = results.plots[f"seeds/{c.subject}"]
        (values,) = columns(seeds, SEEDS_KEY.get(c.key, c.key))
        clouds.append([c.spread.deviations(value) for value in values])
        ours.append(None if c.ours is None else c.spread.deviations(c.ours))
    names = [f"{c.subject}<br>{c.figure}" for c in scattered]
    series = {"the book": [c.book_deviations for c in scattered], "ours": ours}
    x = "σ from the seeds’ mean"
    chart = figures.deviations(names, clouds, series, x)
    subjects = groupby(comparisons, attrgetter("subject"))
    content = {
        "comparisons": [(subject, list(group)) for subject, group in subjects],
        "tally": tally(comparisons),
        "widest": max(
            (c for c in scattered if c.key == "accuracy"),
            key=lambda c: c.spread.std,
            default=None,
        ),
        "beyond": [c for c in comparisons if abs(c.book_deviations or 0) > 3],
    }
    return content, {"book": chart}
