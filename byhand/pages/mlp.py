"""Chapters 4 and 6: XOR with straight and with bent borders, and how training goes astray."""

import numpy as np
import plotly.graph_objects as go

from byhand.pages import figures
from byhand.pages.regions import decision_regions, linear_layers, plane_of_pairs
from byhand.pages.results import Results, Rows, columns

XOR = "data/split/xor"
MODEL = "mlp_xor_scratch"


def chapter(
    results: Results, limits: dict[str, dict[str, np.ndarray]]
) -> tuple[dict, dict]:
    """Return each border's best accuracy; and charts of the borders and of training.

    limits: arrays of the models with `straight` and with `bent` borders.
    """
    charts = {}
    if dataset := results.datasets.get(XOR):
        plane = plane_of_pairs(*dataset.train)
        drawn = *dataset.test, dataset.class_names, dataset.columns
        charts["regions-labels"] = decision_regions(plane, [], *drawn)
        for borders, arrays in limits.items():
            layers = linear_layers(arrays)
            charts[f"regions-{borders}"] = decision_regions(plane, layers, *drawn)
    rows = results.plots[f"last_digit/{MODEL}"]
    epochs, loss, nudged = columns(rows, "epoch", "train_loss", "nudged_train_loss")
    losses = {"unchanged": (epochs, loss), "one weight + 10⁻¹⁵": (epochs, nudged)}
    charts["last-digit"] = figures.lines(losses, "epoch", "cross-entropy, nats")
    rows = results.plots[f"learning_rates/{MODEL}"]
    loss = learning_rate_chart(rows, "train_loss", "cross-entropy, nats (log scale)")
    accuracy = learning_rate_chart(rows, "test_acc", "accuracy")
    charts |= {"learning-rates-loss": loss, "learning-rates-accuracy": accuracy}
    return {"limits": results.metrics[f"limits/{MODEL}"]}, charts


def learning_rate_chart(rows: Rows, metric: str, y: str) -> go.Figure:
    """Draw a metric by epoch: a colour for each learning rate, dashed if shuffled.

    Args:
        rows: of the study learning_rates: `lr`, `shuffle` (True or False), `epoch`, metrics.
        metric: train_loss (drawn on a logarithmic axis), train_acc or test_acc.
        y: title of the y axis.
    """
    runs: dict[tuple[str, bool], Rows] = {}
    for row in rows:
        runs.setdefault((row["lr"], row["shuffle"] == "True"), []).append(row)
    rates = list(dict.fromkeys(lr for lr, _ in runs))
    colours = figures.colours(len(rates))
    series = {
        f"{lr}, shuffled" if shuffled else lr: columns(run, "epoch", metric)
        for (lr, shuffled), run in runs.items()
    }
    figure = figures.lines(series, "epoch", y)
    for trace, (lr, shuffled) in zip(figure.data, runs, strict=True):
        i = rates.index(lr)
        line = {"color": colours[i], "dash": "dash" if shuffled else "solid"}
        marker = {"symbol": figures.SYMBOLS[i % len(figures.SYMBOLS)]}
        trace.update(line=line, marker=marker, legendgroup=lr, showlegend=not shuffled)
    if metric == "train_loss":
        figures.make_logarithmic(figure)
    title = {"text": "learning rate (dashed: shuffled)", "side": "top"}
    return figure.update_layout(height=420, legend={"title": title})
