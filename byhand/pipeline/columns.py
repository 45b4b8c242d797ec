"""Columns on a terminal, for letters of any width."""

from collections.abc import Container, Iterable
from unicodedata import east_asian_width


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def widths(rows: Iterable[tuple[str, ...]]) -> list[int]:
    """Return the width of each column's widest cell."""
    return [max(map(width, cells)) for cells in zip(*rows, strict=True)]


def line(
    cells: tuple[str, ...], widths: list[int], to_the_right: Container[int]
) -> str:
    """Return cells side by side, each in a column of this width, some of them to the right."""
    padded = []
    for number, (cell, widest) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (widest - width(cell))
        padded.append(space + cell if number in to_the_right else cell + space)
    return "  ".join(padded).rstrip()
