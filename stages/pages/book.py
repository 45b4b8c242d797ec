"""The figures that the book prints, beside ours, and what a right reproduction gives."""

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

from stages.pipeline.errors import UserError


class Comparison(NamedTuple):
    """One figure of the book's beside ours.

    subject: the model or the stage that it is a figure of.
    key: its name in the metrics.
    figure: what it is, in words.
    book: what the book prints, as JSON; empty where it prints none.
    ours: what the metrics say; None where they are missing.
    expected: what a right reproduction gives, in words, = for the same as the book;
    empty where that is open.
    is_right: whether ours is that; None where it is open.
    mean, std: over many seeds of the reference; None where there is no range.
    """

    subject: str
    key: str
    figure: str
    book: str
    ours: Any
    expected: str
    is_right: bool | None
    mean: float | None = None
    std: float | None = None

    @property
    def ours_in_words(self) -> str:
        """Return our figure as JSON, a float rounded to five decimals."""
        if self.ours is None:
            return "missing"
        if isinstance(self.ours, float):
            return f"{self.ours:.5f}"
        return json.dumps(self.ours)

    def deviation(self, value: float | None) -> float | None:
        """Return how many standard deviations a value lies above the mean."""
        return None if value is None else (value - self.mean) / self.std


def compare(row: dict[str, str], metrics: dict[str, Any]) -> Comparison:
    """Return a figure of the book's beside ours.

    Args:
        row: of data/book_figures.csv. Its column `expected` says what a right reproduction
            gives: the same; a figure in the range of three standard deviations around the
            mean over many seeds of an independent implementation of the same recipe; or
            that this is open, since it depends on the speed of the book's machine.
        metrics: what the row's file holds. A figure that is missing there is not right.
    """
    ours, mean, std = metrics.get(row["key"]), None, None
    match row["expected"]:
        case "same":
            expected, is_right = "=", ours == json.loads(row["book"])
        case "range":
            mean, std = float(row["mean"]), float(row["std"])
            low, high = mean - 3 * std, mean + 3 * std
            expected = f"{low:.4f}–{high:.4f}"
            is_right = ours is not None and low <= ours <= high
        case "open":
            expected, is_right = "", None
    return Comparison(
        Path(row["file"]).stem,
        row["key"],
        row["figure"],
        row["book"],
        ours,
        expected,
        is_right,
        mean,
        std,
    )


def read_comparisons(
    path: Path = Path("data/book_figures.csv"),
) -> list[Comparison]:
    """Read the book's figures, and the metrics files that they name."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    metrics = {file: read_metrics(Path(file)) for file in {r["file"] for r in rows}}
    return [compare(row, metrics[row["file"]]) for row in rows]


def tally(comparisons: list[Comparison]) -> tuple[int, int]:
    """Return how many figures are as expected, and how many can be judged."""
    judged = [c.is_right for c in comparisons if c.is_right is not None]
    return sum(judged), len(judged)


def read_metrics(path: Path) -> dict[str, Any]:
    """Read a metrics file; without it, there are none."""
    return read_json(path) if path.exists() else {}


def read_json(path: Path) -> dict[str, Any]:
    """Read a stage's metrics.

    Raises:
        UserError: the file is not JSON.
        OSError: it can't be read.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}; run dvc repro") from error
