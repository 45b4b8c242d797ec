"""Chapters 6 and 7: what a convolution is worth; training that fails, and what mends it."""

from statistics import mean

import plotly.graph_objects as go

from byhand.pages import figures
from byhand.pages.book import as_spread
from byhand.pages.results import Results, Rows, columns

NETWORKS = {"mlp": "perceptron", "lenet": "LeNet"}
RECIPES = {"mlp": "the perceptron’s recipe", "lenet": "LeNet’s recipe"}
FAILS, OVERFITS, VANISHES = (
    "mlp_fashion_scratch",
    "mlp_fashion_torch",
    "lenet_fashion_torch",
)
LOSS = "cross-entropy, nats (log scale)"
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
        "fails-loss": bundles(fails, STARTS, "epoch", "train_loss", LOSS),
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
    accuracy = mean_of_seeds(plots[f"variations/{VANISHES}"], "test_acc", -1)
    first = mean_of_seeds(gradients, "size", 0)
    times = round(first["relu"] / first["sigmoid"])
    return {"recipes": spreads, "vanishing": accuracy | {"times": times}}, charts


def recipes(rows: Rows) -> go.Figure:
    """Draw each seed's test accuracy, a row for each recipe, as is and on permuted pixels."""
    cells = [
        (recipe, permuted) for permuted in ("False", "True") for recipe in NETWORKS
    ]
    names = [
        RECIPES[recipe] + ", pixels permuted" * (permuted == "True")
        for recipe, permuted in cells
    ]
    series = {
        name: [
            columns([row for row in rows if row_is(row, network, *cell)], "test_acc")[0]
            for cell in cells
        ]
        for network, name in NETWORKS.items()
    }
    return figures.strips(names, series, "test accuracy")


def row_is(row: dict[str, str], network: str, recipe: str, permuted: str) -> bool:
    """Return whether a row of the study recipes is of this cell."""
    return (row["network"], row["recipe"], row["permuted"]) == (
        network,
        recipe,
        permuted,
    )


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


def mean_of_seeds(rows: Rows, metric: str, place: int) -> dict[str, float]:
    """Return each run's mean over its seeds, of the first (0) or the last (-1) figure."""
    means = {}
    for run in dict.fromkeys(row["run"] for row in rows):
        of_seeds = by_seed([row for row in rows if row["run"] == run], metric)
        means[run] = mean(values[place] for (values,) in of_seeds)
    return means
