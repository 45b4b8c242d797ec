"""Data for the page's playground, in which trainer.js trains a model of points."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from byhand.pages import figures
from byhand.pages.results import Results, Rows

Layer = tuple[np.ndarray, np.ndarray]  # weight (outputs, inputs) and bias (outputs,)
Layers = Sequence[Layer]

# the sliders' values; a model's own value is added to them
RATES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5]
HIDDEN = [[], [2], [4], [8], [16], [32], [64], [128], [256]]
BATCH_SIZES = [1, 2, 5, 10, 20, 32, 64, 128, 256]
LABELS = {"lr": "learning rate", "hidden": "hidden units", "batch_size": "batch size"}
COPIED = ("lr", "momentum", "schedule", "weight_decay", "epochs")
COPIED += ("batch_size", "shuffle", "drop_last")
DRAWN = 1300  # points at most: drawing takes time from training
# an epoch's figures: their columns in the history, and their names for readers
FIGURES = {
    "train_loss": "train loss",
    "train_acc": "train accuracy",
    "test_acc": "test accuracy",
}
NOTES = {
    "same": (
        "The initial weights and batches are the pipeline’s. Only rounding differs, because "
        "numbers are added in another order. If steps overshoot, each step enlarges the "
        "difference. If steps are small, the difference stays as small as at the start."
    ),
    "other": "The pipeline did not train with these settings. Its curve is for comparison.",
    "diverged": "Training diverged: the loss is not a number. Choose a smaller learning rate.",
}


def chapter(results: Results, initial: dict[str, Layers]) -> tuple[dict, dict]:
    """Return the playgrounds' data, for models of points in space; no charts.

    initial: by model, the layers before training.
    """
    plots, specs = results.plots, []
    for model, layers in initial.items():
        block = results.blocks[model]
        dataset = results.datasets[block.data]
        if len(dataset.columns) == 3:  # the page draws points in space
            dataset = block.prepared(dataset, results.seed)
            rates = plots.get(f"learning_rates/{model}", [])
            runs = plots[f"history/{model}"], results.seed, rates
            specs.append(trainer_spec(model, block, dataset, layers, *runs))
    return {"trainers": specs}, {}


def trainer_spec(
    name: str, block, dataset, initial: Layers, history: Rows, seed: int, rates: Rows
) -> dict[str, Any]:
    """Return the data of mountTrainer, ready for JSON.

    Args:
        block: of a softmax or an mlp, complete, as `load_model` returns it.
        dataset: the Dataset that the block names, prepared as the block says: points of
            three features, in at most 256 classes.
        initial: the layers before training.
        history: rows of the model's plots/history, an epoch each.
        seed: for the page's own random numbers: initial weights, and orders of rows.
        rates: rows of the model's plots/learning_rates, if any. The page also compares
            itself with the pipeline at these learning rates.
    """
    rows = len(dataset.test.targets)
    alike = [row for row in rates if row["shuffle"] == str(block.shuffle)]
    others = [row for row in alike if float(row["lr"]) != block.lr]
    layers = [{"weight": as_matrix(w), "bias": as_base64(b, "<f8")} for w, b in initial]
    spec = {
        "name": name,
        "class_names": [figures.plain(name) for name in dataset.class_names],
        "train": as_set(*dataset.train),
        "test": as_set(*dataset.test),
        "initial": layers,
        "hidden": list(getattr(block, "hidden", [])),
        "init_std": block.init_std,
        **{name: getattr(block, name) for name in COPIED},
        "seed": seed,
        "history": [
            {"lr": float(row.get("lr", block.lr)), "epoch": int(row["epoch"])}
            | {figure: float(row[figure]) for figure in FIGURES}
            for row in [*history, *others]
        ],
        "figures": FIGURES,
        "notes": NOTES,
        "charts": charts(dataset),
        "cloud": figures.as_json(figures.cloud(np.empty((0, 3)), "", "")),
        "colours": figures.colours(len(dataset.class_names)),
        "drawn": list(range(0, rows, -(-rows // DRAWN))),
    }
    sizes = [size for size in BATCH_SIZES if size <= len(dataset.train.targets)]
    offered = {"lr": RATES, "hidden": HIDDEN, "batch_size": sizes}
    spec["sliders"] = [
        {
            "key": key,
            "label": LABELS[key],
            "values": sorted(values if spec[key] in values else [*values, spec[key]]),
        }
        for key, values in offered.items()
        if key != "hidden" or spec["hidden"]  # softmax regression has none
    ]
    return spec


def charts(dataset) -> dict[str, Any]:
    """Return each chart's title, its layout, and the looks of its curves."""
    test, names = dataset.test, dataset.class_names
    labels = [names[target] for target in test.targets]
    scene = figures.scene(test.features, dataset.columns, labels, labels, names)
    loss = figures.lines({}, "epoch", "cross-entropy, nats")
    accuracy = figures.lines({}, "epoch", "accuracy")
    for figure in (loss, accuracy):
        figure.update_yaxes(tickformat=".2f")  # of one width: the title stays in place
    parts = {
        "points": ("Test points, coloured by predicted class", scene, []),
        "loss": ("Train loss: mean over an epoch", loss, ["train_loss"]),
        "accuracy": ("Accuracy of every epoch", accuracy, ["train_acc", "test_acc"]),
    }
    return {
        part: {
            "title": title,
            "layout": figures.as_json(figure)["layout"],
            "traces": [t for k, c in zip(keys, figures.COLOURS) for t in curves(k, c)],
        }
        for part, (title, figure, keys) in parts.items()
    }


def curves(key: str, colour: str) -> list[dict[str, Any]]:
    """Return the looks of the pipeline's curve (broad, dashed) and of the page's on it."""
    template, mode = "%{y:.5f}", "lines+markers"
    common = {"type": "scatter", "mode": mode, "key": key, "hovertemplate": template}
    broad = {"color": colour, "width": 5, "dash": "6px,6px"}
    theirs = {"of": "pipeline", "opacity": 0.5, "line": broad, "marker": {"size": 9}}
    return [common | theirs, common | {"line": {"color": colour}}]


def as_set(features: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """Return training or test rows: features (rows, columns), targets (rows,) below 256."""
    return {"features": as_matrix(features), "targets": as_base64(targets, "u1")}


def as_matrix(array: np.ndarray) -> dict[str, Any]:
    """Return an array (rows, columns), row by row."""
    rows, columns = array.shape
    return {"rows": rows, "columns": columns, "numbers": as_base64(array, "<f8")}


def as_base64(array: np.ndarray, dtype: str) -> str:
    """Return an array's numbers, of this type, in base64."""
    return base64.b64encode(array.astype(dtype).tobytes()).decode()
