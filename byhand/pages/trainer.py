"""Data for the page's playground, in which trainer.js trains a model of points."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from byhand.pages import figures
from byhand.pages.regions import plane_of_pairs
from byhand.pages.results import Results, Rows

Layer = tuple[np.ndarray, np.ndarray]  # weight (outputs, inputs) and bias (outputs,)
Layers = Sequence[Layer]

# what the controls offer; a model's own value is added
RATES = [0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0]
HIDDEN = [0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256]
BATCH_SIZES = [1, 2, 5, 10, 20, 32, 64, 128, 256]
DECAYS = [0.0, 0.0001, 0.001, 0.01, 0.1]
# the pipeline's points; and points in the plane, which sets.js draws
SETS = {
    "pipeline": "the pipeline’s",
    "xor": "XOR with noise",
    "moons": "two moons",
    "circles": "circles",
    "spiral": "spiral",
}
OPENS_AT = 0.03  # a learning rate at which page and pipeline agree to the last digits
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
    "start": (
        "The pipeline trained with these initial weights, batches and settings. Train, and "
        "compare."
    ),
    "same": (
        "The pipeline trained with these initial weights, batches and settings. Only the order "
        "of additions differs. The largest difference so far is {}: rounding errors."
    ),
    "grown": (
        "The pipeline trained with these initial weights, batches and settings. Only the order "
        "of additions differs. But the steps are too long: each step enlarges the rounding "
        "errors. The largest difference so far is {}."
    ),
    "other": (
        "The pipeline did not train with these settings. Its curve, at the learning rate {}, is "
        "for comparison."
    ),
    "drawn": (
        "The page draws these points itself, from the pipeline’s seed. The initial weights of a "
        "layer have the variance 2 / inputs before ReLU, and 1 / inputs before tanh. Biases "
        "start at 0."
    ),
    "diverged": "Training diverged: the loss is not a number. Choose a smaller learning rate.",
    "regions": (
        "After epoch {}: {} of {} classes have a region here; {} of the {} test points here are "
        "right."
    ),
}


def chapter(results: Results, initial: dict[str, Layers]) -> tuple[dict, dict]:
    """Return the playgrounds' data, for models of points in space; no charts.

    initial: by model, the layers before training.
    """
    plots, specs = results.plots, []
    for model, layers in initial.items():
        block = results.blocks[model]
        dataset = results.datasets[block.data]
        layered = len(getattr(block, "hidden", [])) <= 2  # the page's controls have two
        if len(dataset.columns) == 3 and layered:
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
        block: of a softmax or an mlp of at most two hidden layers, complete, as `load_model`
            returns it.
        dataset: the Dataset that the block names, prepared as the block says: points of
            three features, in at most 256 classes.
        initial: the layers before training.
        history: rows of the model's plots/history, an epoch each.
        seed: for the page's own random numbers: points, initial weights, orders of rows.
        rates: rows of the model's plots/learning_rates, if any. The page also compares
            itself with the pipeline at these learning rates.
    """
    alike = [row for row in rates if row["shuffle"] == str(block.shuffle)]
    others = [row for row in alike if float(row["lr"]) != block.lr]
    layers = [{"weight": as_matrix(w), "bias": as_base64(b, "<f8")} for w, b in initial]
    plane, drawn = window_of(dataset)
    return {
        "name": name,
        "class_names": [figures.plain(name) for name in dataset.class_names],
        "train": as_set(*dataset.train),
        "test": as_set(*dataset.test),
        "initial": layers,
        "hidden": list(getattr(block, "hidden", [])),
        "activation": "relu",
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
        "charts": charts(),
        "colours": figures.colours(len(dataset.class_names)),
        "plane": plane,
        "drawn": drawn,
        "controls": controls(block, dataset, {float(row["lr"]) for row in others}),
    }


def window_of(dataset) -> tuple[dict[str, Any], list[int]]:
    """Return the plane that the page draws, with its window, and the test rows near it."""
    plane = plane_of_pairs(*dataset.train)
    flat, near = plane.flatten(dataset.test.features)
    rows = near.nonzero()[0]
    low, high = flat[near].min(axis=0), flat[near].max(axis=0)
    window = {
        "origin": plane.origin.tolist(),
        "directions": as_matrix(plane.directions),
        "centre": ((low + high) / 2).tolist(),
        "half": 0.52 * float((high - low).max()),
    }
    return window, rows[:: -(-len(rows) // DRAWN)].tolist()


def controls(block, dataset, rates: set[float]) -> list[dict[str, Any]]:
    """Return the controls in their order: key, label, what is offered, what is chosen.

    rates: learning rates, beside the block's, at which the pipeline trained the model.
    """
    decays = {*DECAYS, block.weight_decay}
    sizes = {s for s in BATCH_SIZES if s <= len(dataset.train.targets)}
    offered = {
        "set": ("points", SETS, "pipeline"),
        "lr": (
            "learning rate",
            {*RATES, *rates, block.lr},
            OPENS_AT if OPENS_AT in rates else block.lr,
        ),
        "batch_size": ("batch size", {*sizes, block.batch_size}, block.batch_size),
        "weight_decay": ("weight decay", decays, block.weight_decay),
    }
    if hidden := getattr(block, "hidden", []):  # softmax regression has none
        first, second = [*hidden, 0][:2]
        activations = {"relu": "ReLU", "tanh": "tanh"}
        offered |= {
            "hidden": ("hidden units", {*HIDDEN, first}, first),
            "hidden2": ("in a second layer", {*HIDDEN, second}, second),
            "activation": ("activation", activations, "relu"),
        }
    return [
        {
            "key": key,
            "label": label,
            "values": values if isinstance(values, dict) else numbers(values),
            "chosen": written(chosen),
        }
        for key, (label, values, chosen) in offered.items()
    ]


def numbers(values: set[float]) -> dict[str, str]:
    """Return numbers in their order, as values of a control and their texts."""
    return {written(value): written(value) for value in sorted(values)}


def written(value: Any) -> str:
    """Return a control's value as JavaScript writes it: 0.0 is 0."""
    return str(value).removesuffix(".0")


def charts() -> dict[str, Any]:
    """Return each chart's title, its layout, and the looks of its curves."""
    loss = figures.lines({}, "epoch", "cross-entropy, nats")
    accuracy = figures.lines({}, "epoch", "accuracy")
    for figure in (loss, accuracy):
        figure.update_layout(height=280, margin_t=8)
        figure.update_yaxes(tickformat=".2f")  # of one width: the title stays in place
    parts = {
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
    common = {"type": "scatter", "key": key, "hovertemplate": "%{y:.5f}"}
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
