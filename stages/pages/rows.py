"""What stages wrote as CSV."""

import csv


def read_rows(path: str) -> list[dict[str, str]]:
    """Read a CSV as one dictionary a row."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def columns(rows: list[dict[str, str]], *names: str) -> list[list[float]]:
    """Return columns of numbers."""
    return [[float(row[name]) for row in rows] for name in names]
