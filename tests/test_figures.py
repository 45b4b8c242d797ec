"""The committed metrics against the figures that the book prints."""

import csv
import json
from pathlib import Path

import pytest

from pages.book import compare

ROOT = Path(__file__).parents[1]
with (ROOT / "data/book_figures.csv").open(encoding="utf-8") as file:
    FIGURES = list(csv.DictReader(file))
JUDGED = [figure for figure in FIGURES if figure["expected"] != "open"]


def committed(path):
    return json.loads((ROOT / path).read_text())


@pytest.mark.parametrize(
    "figure", JUDGED, ids=lambda f: f"{Path(f['file']).stem}-{f['figure']}"
)
def test_a_figure_is_what_a_right_reproduction_gives(figure):
    assert compare(figure, committed(figure["file"])).is_right


def test_most_figures_are_judged():
    assert (len(JUDGED), len(FIGURES)) == (47, 54)


def test_fashion_mnist_is_whole():
    fashion = committed("metrics/fashion_mnist.json")
    assert fashion["train"]["shape"] == [60000, 1, 28, 28]
    assert fashion["test"]["shape"] == [10000, 1, 28, 28]
    assert {count for _, count in fashion["train"]["class_counts"]} == {6000}


def test_titanic_is_measured_on_unseen_rows():
    honest = committed("metrics/titanic.json")
    assert honest["rows"] == 186
    assert honest["tp"] + honest["tn"] + honest["fp"] + honest["fn"] == 186
    assert honest["accuracy_low"] < honest["accuracy"] < honest["accuracy_high"]
