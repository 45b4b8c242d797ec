"""Chapters 6 and 7: what a convolution is worth; training that fails, and what mends it."""

from collections.abc import Callable
from operator import itemgetter
from statistics import mean

import plotly.graph_objects as go

from byhand.pages import figures
from byhand.pages.book import as_spread
from byhand.pages.models import CURVES
from byhand.pages.results import Results, Rows, columns

NETWORKS = {"mlp": "perceptron", "lenet": "LeNet"}
RECIPES = {"mlp": "the perceptron’s recipe", "lenet": "LeNet’s recipe"}
first, last = itemgetter(0), itemgetter(-1)
# models of the studies variations and gradients
FAILS, OVERFITS = "mlp_fashion_scratch", "mlp_fashion_torch"
VANISHES = "lenet_fashion_torch"
# names of the runs of studies.variations in params.yaml
STARTS = {
    "as_is": "the book’s recipe",
    "weights_0": "all weights 0",
    "weights_large": "weights from N(0, 1)",
    "lr_large": "learning rate 1",
    "lr_too_large": "learning rate 2",
}
MENDS = {
    "plain": "neither",
    "decay": "weight decay",
    "stopping": "early stopping",
}
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "sigmoid"}


def chapter(results: Results) -> tuple[dict, dict]:
    """Return the spread of each network by each recipe; and charts of the studies."""
    plots = results.plots
    spreads = {k: as_spread(v) for k, v in results.metrics["recipes"].items()}
    fails, overfits = (plots[f"variations/{model}"] for model in (FAILS, OVERFITS))
    plain = [row for row in overfits if row["run"] == "plain"]
    gaps = {"training set": "train_loss", "held-out images": "validation_loss"}
    gradients = plots[f"gradients/{VANISHES}"]
    charts = {
        "recipes": recipes(plots["recipes"]),
        "fails-loss": bundles(
            fails, STARTS, "epoch", "train_loss", CURVES["train_loss"]
        ),
        "fails-inactive": bundles(
            fails, STARTS, "epoch", "inactive", "share of inactive units"
        ),
        "vanishing": bundles(
            gradients, ACTIVATIONS, "layer", "size", "size of the gradient (log scale)"
        ),
        "overfits": figures.bundles(
            {name: by_seed(plain, "epoch", key) for name, key in gaps.items()},
            "epoch",
            "cross-entropy, nats",
        ),
        "mends": bundles(
            overfits, MENDS, "epoch", "validation_loss", "cross-entropy, nats"
        ),
    }
    figures.make_logarithmic(charts["fails-loss"])
    figures.make_logarithmic(charts["vanishing"])
    accuracy = mean_of_seeds(plots[f"variations/{VANISHES}"], "test_acc", last)
    sizes = mean_of_seeds(gradients, "size", first)
    times = round(sizes["relu"] / sizes["sigmoid"])
    held_out = mean_of_seeds(overfits, "validation_loss", last)
    held_out |= {
        "stopping": mean_of_seeds(overfits, "validation_loss", min)["stopping"]
    }
    return {
        "recipes": spreads,
        "fails": mean_of_seeds(fails, "test_acc", last),
        "held_out": held_out,
        "vanishing": accuracy | {"times": times},
    }, charts


def recipes(rows: Rows) -> go.Figure:
    """Draw each seed's test accuracy, a row for each recipe, as is and on permuted pixels."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in NETWORKS}
    for row in rows:
        cell = RECIPES[row["recipe"]]
        if row["permuted"] == "True":
            cell += ",<br>pixels permuted"
        accuracies = found[row["network"]].setdefault(cell, [])
        accuracies.append(float(row["test_acc"]))
    series = {NETWORKS[name]: [*cells.values()] for name, cells in found.items()}
    return figures.strips([*found["mlp"]], series, "test accuracy")


def bundles(
    rows: Rows, names: dict[str, str], x: str, metric: str, title: str
) -> go.Figure:
    """Draw a metric of each run, from each of its seeds; names are the runs'."""
    series = {
        name: by_seed([row for row in rows if row["run"] == run], x, metric)
        for run, name in names.items()
    }
    return figures.bundles(series, x, title)


def by_seed(rows: Rows, *names: str) -> list[list]:
    """Return columns of the rows, for one seed after the other."""
    seeds = dict.fromkeys(row["seed"] for row in rows)
    return [columns([r for r in rows if r["seed"] == seed], *names) for seed in seeds]


def mean_of_seeds(
    rows: Rows, metric: str, chosen: Callable[[list[float]], float]
) -> dict[str, float]:
    """Return each run's mean over its seeds, of the figure that is chosen of all epochs."""
    means = {}
    for run in dict.fromkeys(row["run"] for row in rows):
        of_seeds = by_seed([row for row in rows if row["run"] == run], metric)
        means[run] = mean(chosen(values) for (values,) in of_seeds)
    return means
