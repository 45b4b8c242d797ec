"""The committed metrics against the figures that the book prints."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from pytest import approx

from byhand.pages.book import compare_all
from byhand.pages.results import read_metrics, read_rows

ROOT = Path(__file__).parents[1]
COMPARISONS = compare_all(
    read_rows(ROOT / "data/book_figures.csv"), read_metrics(ROOT / "metrics")
)
JUDGED = [c for c in COMPARISONS if c.is_right is not None]
SCATTERED = [c for c in COMPARISONS if c.spread]


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


@pytest.mark.parametrize("figure", JUDGED, ids=lambda c: f"{c.subject}-{c.figure}")
def test_a_figure_is_what_a_right_reproduction_gives(figure):
    assert figure.is_right


def test_most_figures_are_judged():
    assert (len(JUDGED), len(SCATTERED), len(COMPARISONS)) == (47, 20, 54)


def test_the_ranges_are_those_of_our_own_seeds_and_of_nothing_else():
    with (ROOT / "data/book_figures.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["file", "key", "figure", "book", "expected"]
    for c in SCATTERED:
        column = "test_acc" if c.key == "accuracy" else c.key
        with (ROOT / f"plots/seeds/{c.subject}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        values = [float(row[column]) for row in rows]
        assert [int(row["seed"]) for row in rows] == list(range(len(rows)))
        assert c.spread.mean == approx(np.mean(values))
        assert c.spread.std == approx(np.std(values, ddof=1))
        assert c.ours == values[0]  # seed 0 is the pipeline's own


def test_every_model_was_trained_from_as_many_seeds_as_params_yaml_says():
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    counts = params["seeds"]
    for model in params["models"]:
        for figure in committed(f"seeds/{model}.json").values():
            assert figure["n"] == counts[model]
            assert figure["min"] <= figure["median"] <= figure["max"]


def test_a_last_digit_changes_a_model_that_is_never_shuffled():
    path = ROOT / "plots/last_digit/mlp_xor_scratch.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parted = [abs(float(r["train_loss"]) - float(r["nudged_train_loss"])) for r in rows]
    assert parted[0] < 1e-12
    assert max(parted) > 0.01
    history = ROOT / "plots/history/mlp_xor_scratch.csv"
    with history.open(encoding="utf-8") as file:
        losses = [row["train_loss"] for row in csv.DictReader(file)]
    assert losses == [row["train_loss"] for row in rows]


@pytest.mark.parametrize(("model", "batches"), BATCHES.items())
def test_the_batches_are_the_books(model, batches):
    assert committed(f"train/{model}.json")["batches"] == batches


def test_autograd_prints_what_the_book_prints_by_either_engine():
    metrics = committed("autograd.json")
    by_pytorch, checked = metrics.pop("by_pytorch"), metrics.pop("checked")
    assert metrics == by_pytorch
    assert metrics == {
        "gradient_of_dot": [0, 4, 8, 12],
        "gradient_of_dot_twice": [0, 8, 16, 24],
        "gradient_of_sum": [0, 4, 8, 12],
        "gradient_of_detached": [0, 2, 4, 6],
        "requires_grad_inside_no_grad": False,
        "requires_grad_outside_no_grad": True,
    }
    assert len(checked) >= 11
    for errors in checked.values():
        assert max(errors.values()) < 1e-6


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


def test_the_submission_is_by_the_rung_that_the_rule_picks():
    ladder = committed("titanic_ladder.json")
    rungs = ladder["rungs"]
    assert list(rungs) == [
        *("everyone_dies", "women_live", "third_class_dies", "party_rule"),
        *("logistic_regression", "h2o_glm", "h2o_gbm"),
    ]
    best = max(rungs.values(), key=lambda rung: rung["accuracy"])
    error = (best["accuracy"] * (1 - best["accuracy"]) / 891) ** 0.5
    limit = best["accuracy"] - error
    picked = next(name for name, rung in rungs.items() if rung["accuracy"] >= limit)
    assert ladder["chosen"] == picked
