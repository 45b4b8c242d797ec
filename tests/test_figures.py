"""The committed metrics against the figures that the book prints."""

import csv
import json
from pathlib import Path

import pytest

from stages.pages.book import compare

ROOT = Path(__file__).parents[1]
with (ROOT / "data/book_figures.csv").open(encoding="utf-8") as file:
    FIGURES = list(csv.DictReader(file))
JUDGED = [figure for figure in FIGURES if figure["expected"] != "open"]


# 10 epochs of 5174 // 20, 8274 // 32 and ceil(60000 / 256) batches
BATCHES = {
    "softmax_clusters_scratch": 2580,
    "softmax_xor_scratch": 2580,
    "softmax_fashion_torch": 2350,
    "mlp_fashion_scratch": 2350,
    "mlp_xor_scratch": 2580,
    "mlp_fashion_torch": 2350,
}


def committed(path):
    return json.loads((ROOT / "metrics" / path).read_text())


@pytest.mark.parametrize(
    "figure", JUDGED, ids=lambda f: f"{Path(f['file']).stem}-{f['figure']}"
)
def test_a_figure_is_what_a_right_reproduction_gives(figure):
    metrics = json.loads((ROOT / figure["file"]).read_text())
    assert compare(figure, metrics).is_right


def test_most_figures_are_judged():
    assert (len(JUDGED), len(FIGURES)) == (47, 54)


@pytest.mark.parametrize(("model", "batches"), BATCHES.items())
def test_the_batches_are_the_books(model, batches):
    assert committed(f"train/{model}.json")["batches"] == batches


def test_autograd_prints_what_the_book_prints():
    autograd = committed("autograd.json")
    assert autograd == {
        "gradient_of_dot": [0, 4, 8, 12],
        "gradient_of_sum": [0, 4, 8, 12],
        "requires_grad_inside_no_grad": False,
        "requires_grad_outside_no_grad": True,
    }


def test_fashion_mnist_is_what_the_book_prints():
    fashion = committed("fashion_mnist.json")
    assert fashion["train"]["shape"] == [60000, 1, 28, 28]
    assert fashion["test"]["shape"] == [10000, 1, 28, 28]
    assert fashion["batch"] == [256, 1, 28, 28]
    assert fashion["batches_per_epoch"] == 235
    assert fashion["resized_batch"] == [32, 1, 64, 64]
    assert {count for _, count in fashion["train"]["class_counts"]} == {6000}


def test_titanic_is_measured_on_unseen_rows_and_the_leaky_recipe_looks_perfect():
    honest, leaky = committed("titanic.json"), committed("titanic_leaky.json")
    assert honest["rows"] == 186
    assert honest["tp"] + honest["tn"] + honest["fp"] + honest["fn"] == 186
    assert honest["accuracy_low"] < honest["accuracy"] < honest["accuracy_high"]
    # what the book prints of its model, measured on the rows it was trained on
    expected = {"rows": 891, "accuracy": 1, "auc": 1, "tp": 342, "tn": 549}
    expected |= {"fp": 0, "fn": 0, "validation_rows": 186}
    assert {key: leaky[f"leaky_{key}"] for key in expected} == expected
