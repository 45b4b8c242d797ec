"""What the page needs to train a model of points itself, by trainer.js."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from stages.pages import figures

# of the sliders, beside the model's own: as far as each is worth a look
RATES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5]
HIDDEN = [[], [2], [4], [8], [16], [32], [64], [128], [256]]
BATCH_SIZES = [1, 2, 5, 10, 20, 32, 64, 128, 256]
DRAWN = 1300  # points at most: each look at them takes time from training
# of an epoch, as the history names it and in words
FIGURES = {
    "train_loss": "train loss",
    "train_acc": "train accuracy",
    "test_acc": "test accuracy",
}
NOTES = {
    "same": (
        "These are the pipeline’s initial weights and batches. What differs is rounding, as "
        "numbers are added up in another order. Where steps overshoot, each enlarges the "
        "difference; where they are small, it stays as small as it began."
    ),
    "other": "The pipeline was not trained with these settings: its curve is there to compare.",
    "diverged": "Training diverged: the loss is no longer a number. Take a smaller learning rate.",
}


def trainer_spec(
    name: str,
    block,
    dataset,
    initial: Sequence[tuple[np.ndarray, np.ndarray]],
    history: Sequence[dict[str, str]],
    seed: int,
    rates: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """Return what mountTrainer needs, ready for JSON.

    Args:
        name: of the model.
        block: of a softmax or an mlp, complete, as `load_model` returns it.
        dataset: the Dataset that the block names, standardized if it says so: points of
            three features, which the page draws, in at most 256 classes.
        initial: weight (outputs, inputs) and bias (outputs,) of each layer, before training.
        history: rows of the model's plots/history, an epoch each.
        seed: of what the page draws itself: other initial weights, and orders of rows.
        rates: rows of the model's plots/learning_rates, if it has one: at these learning
            rates, too, the page is held against the pipeline.
    """
    classes, rows = len(dataset.class_names), len(dataset.test.targets)
    others = [
        row
        for row in rates
        if float(row["lr"]) != block.lr and row["shuffle"] == str(block.shuffle)
    ]
    spec = {
        "name": name,
        "class_names": dataset.class_names,
        "train": as_set(*dataset.train),
        "test": as_set(*dataset.test),
        "initial": [
            {"weight": as_matrix(weight), "bias": as_base64(bias, "<f8")}
            for weight, bias in initial
        ],
        "init_std": block.init_std,
        "hidden": list(getattr(block, "hidden", [])),
        "lr": block.lr,
        "momentum": block.momentum,
        "schedule": block.schedule,
        "epochs": block.epochs,
        "batch_size": block.batch_size,
        "shuffle": block.shuffle,
        "drop_last": block.drop_last,
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
        "colours": figures.colours(classes),
        "drawn": list(range(0, rows, -(-rows // DRAWN))),
    }
    sizes = [size for size in BATCH_SIZES if size <= len(dataset.train.targets)]
    steps = {"lr": RATES, "hidden": HIDDEN, "batch_size": sizes}
    labels = {
        "lr": "learning rate",
        "hidden": "hidden units",
        "batch_size": "batch size",
    }
    spec["sliders"] = [
        {
            "key": key,
            "label": labels[key],
            "values": sorted(values if spec[key] in values else [*values, spec[key]]),
        }
        for key, values in steps.items()
        if key != "hidden" or spec["hidden"]  # softmax regression has none
    ]
    return spec


def charts(dataset) -> dict[str, Any]:
    """Return each chart's title, its layout, and the looks of its curves."""
    labels = [dataset.class_names[target] for target in dataset.test.targets]
    scene = figures.scene(
        dataset.test.features, dataset.columns, labels, labels, dataset.class_names
    )
    loss = figures.lines({}, "epoch", "cross-entropy, nats")
    accuracy = figures.lines({}, "epoch", "share of rows right")
    for figure in (loss, accuracy):
        # of one width whatever is drawn, so that the axis's title stays beside them
        figure.update_yaxes(tickformat=".2f")
    return {
        "points": {
            "title": "Test points: their colour is the class predicted",
            "layout": figures.as_json(scene)["layout"],
        },
        "loss": {
            "title": "Train loss: mean over an epoch",
            "layout": figures.as_json(loss)["layout"],
            "traces": [*curves("train_loss", figures.COLOURS[0])],
        },
        "accuracy": {
            "title": "Accuracy of every epoch",
            "layout": figures.as_json(accuracy)["layout"],
            "traces": [
                *curves("train_acc", figures.COLOURS[0]),
                *curves("test_acc", figures.COLOURS[1]),
            ],
        },
    }


def curves(key: str, colour: str) -> list[dict[str, Any]]:
    """Return the looks of the pipeline's curve, broad and dashed, and of the page's on it."""
    common = {
        "type": "scatter",
        "mode": "lines+markers",
        "key": key,
        "hovertemplate": "%{y:.5f}",
    }
    broad = {"color": colour, "width": 5, "dash": "6px,6px"}
    theirs = {"of": "pipeline", "opacity": 0.5, "line": broad, "marker": {"size": 9}}
    return [common | theirs, common | {"line": {"color": colour}}]


def as_set(features: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """Return rows that train, or that test: features (rows, columns), targets (rows,)."""
    return {"features": as_matrix(features), "targets": as_base64(targets, "u1")}


def as_matrix(array: np.ndarray) -> dict[str, Any]:
    """Return an array (rows, columns), row by row."""
    rows, columns = array.shape
    return {"rows": rows, "columns": columns, "numbers": as_base64(array, "<f8")}


def as_base64(array: np.ndarray, dtype: str) -> str:
    """Return an array's numbers, of that type."""
    return base64.b64encode(array.astype(dtype).tobytes()).decode()
