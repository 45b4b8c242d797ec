"""Write report/index.html: every chapter's results on one page that needs no network."""

import ast
import csv
import hashlib
import json
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from stages.charts.projection import to_draw
from stages.datasets.folder import Dataset, read_dataset
from stages.datasets.settings import Preview
from stages.pages import figures
from stages.pages.book import (
    SEEDS_KEY,
    Comparison,
    read_comparisons,
    tally,
)
from stages.pages.graph import read_graph
from stages.pages.images import picture, weight_pictures
from stages.pages.page import render
from stages.pipeline.files import read_arrays, read_json, write_bytes
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import Model, Models

FASHION_MNIST = "data/FashionMNIST/raw"
CURVES = ["relu", "sigmoid", "tanh", "softmax"]
VERSIONS = ["torch", "transformers", "scikit-learn", "h2o", "numpy", "dvc", "plotly"]
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef
# the three ways to train it: its model, its row in the benchmark, and what the code is
LOOP = ["training/loop.py", "training/batches.py"]
PERCEPTRONS = {
    "by hand": (
        "mlp_fashion_scratch",
        "our loop, by hand",
        ["scratch/softmax_regression.py", "scratch/mlp.py", "scratch/sgd.py", *LOOP],
    ),
    "by torch.nn": (
        "mlp_fashion_torch",
        "our loop, torch.nn",
        ["concise/softmax_regression.py", "concise/mlp.py", "concise/sgd.py", *LOOP],
    ),
    "by transformers’ Trainer": (
        "mlp_fashion_trainer",
        "transformers' Trainer",
        [
            "concise/softmax_regression.py",
            "concise/mlp.py",
            "concise/pretrained.py",
            "training/trainer.py",
        ],
    ),
}


def main() -> None:
    blocks = load_params("models", Models)
    charts: dict[str, figures.go.Figure] = {}
    comparisons = read_comparisons()
    models: dict[str, list[str]] = {}  # by the folder of their data
    for model, block in blocks.items():
        models.setdefault(block.data, []).append(model)
    datasets = {f: read_dataset(f) for f in {**models, FASHION_MNIST: []}}
    predictions = {m: read_rows(f"plots/confusion/{m}.csv") for m in blocks}
    histories = {m: read_rows(f"plots/history/{m}.csv") for m in blocks}
    book(comparisons, charts)
    last_digit(charts)
    for model, block in blocks.items():
        charts[f"confusion-{model}"] = confusion(
            predictions[model], datasets[block.data].class_names
        )
    curves(histories, charts)
    # of all metrics; a commit's name is not known before they are committed
    results = b"".join(p.read_bytes() for p in sorted(Path("metrics").rglob("*.json")))
    content = {
        "comparisons": [
            (subject, list(group))
            for subject, group in groupby(comparisons, attrgetter("subject"))
        ],
        "tally": tally(comparisons),
        "beyond": [c for c in comparisons if abs(c.book_deviations or 0) > 3],
        "fashion": fashion(datasets[FASHION_MNIST]),
        "sample_sets": sample_sets(models, datasets, predictions, charts),
        "checked": autograd(charts),
        "graph": read_graph(Path("data/autograd_graph.json")),
        "curves": CURVES,
        "models": models,
        "scores": {m: read_json(Path(f"metrics/test/{m}.json")) for m in blocks},
        "image_models": image_models(blocks, datasets),
        "twins": twins(blocks, histories, charts),
        "titanic": titanic(comparisons, charts),
        "hugging_face": hugging_face(),
        "params": Path("params.yaml").read_text(encoding="utf-8"),
        "seed": load_params("seed", Seed),
        "versions": {name: version(name) for name in VERSIONS},
        "fingerprint": hashlib.sha256(results).hexdigest()[:12],
    }

    drawn = {name: json.loads(chart.to_json()) for name, chart in charts.items()}
    page = render("report.html.j2", drawn, **content)
    write_bytes(Path("report/index.html"), page)


def book(comparisons: list[Comparison], charts: dict) -> None:
    """Add a chart of the figures that scatter: the book's, ours and every seed's, on one scale."""
    scattered = [c for c in comparisons if c.spread]
    seeds = {
        model: read_rows(f"plots/seeds/{model}.csv")
        for model in {c.subject for c in scattered}
    }
    clouds, printed, ours = [], [], []
    for c in scattered:
        (values,) = columns(seeds[c.subject], SEEDS_KEY.get(c.key, c.key))
        clouds.append([c.spread.deviations(value) for value in values])
        printed.append(c.book_deviations)
        ours.append(None if c.ours is None else c.spread.deviations(c.ours))
    charts["book"] = figures.deviations(
        [f"{c.subject}<br>{c.figure}" for c in scattered],
        clouds,
        {"the book": printed, "ours": ours},
        "σ from the seeds’ mean",
    )


def last_digit(charts: dict) -> None:
    """Add a chart of a model that is trained twice, one weight differing by 1e-15."""
    rows = read_rows("plots/last_digit/mlp_xor_scratch.csv")
    charts["last-digit"] = figures.lines(
        {
            "as it is": columns(rows, "epoch", "train_loss"),
            "one weight + 10⁻¹⁵": columns(rows, "epoch", "nudged_train_loss"),
        },
        "epoch",
        "cross-entropy, nats",
    )


def fashion(dataset: Dataset) -> dict:
    """Return Fashion-MNIST's sizes and classes, and the first images as in the preview."""
    preview = load_params("preview", Preview)
    first = zip(
        dataset.train.features[: preview.rows * preview.columns],
        dataset.train.targets,
        strict=False,
    )
    return {
        "train_rows": len(dataset.train.targets),
        "test_rows": len(dataset.test.targets),
        "class_names": dataset.class_names,
        "first": [
            (dataset.class_names[target], picture(pixels)) for pixels, target in first
        ],
    }


def sample_sets(
    models: dict[str, list[str]],
    datasets: dict[str, Dataset],
    predictions: dict[str, list[dict[str, str]]],
    charts: dict,
) -> list[dict]:
    """Return each set of points, with a chart of its test points, and one a model of it."""
    sets = []
    for folder, dataset in datasets.items():
        if dataset.has_images:
            continue
        _, points, axes = to_draw(dataset)
        labels = [dataset.class_names[target] for target in dataset.test.targets]
        shown = {folder: labels}
        for model in models[folder]:
            shown[model] = [row["predicted"] for row in predictions[model]]
        for name, predicted in shown.items():
            charts[f"scene-{name}"] = figures.scene(
                points, axes, labels, predicted, dataset.class_names
            )
        entry = {"folder": folder, "rows": len(labels), "models": models[folder]}
        sets.append(
            entry | {"features": len(dataset.columns), "in_space": len(axes) == 3}
        )
    return sets


def autograd(charts: dict) -> dict[str, dict[str, float]]:
    """Add charts of functions and their derivatives; return the errors of all by hand."""
    rows = read_rows("plots/autograd.csv")
    drawn = {"autograd": {"y = 2x²": "y", "gradient 4x": "gradient"}}
    for function in CURVES:
        names = {function: function, "gradient": f"{function}_gradient"}
        drawn[f"autograd-{function}"] = names
    for chart, names in drawn.items():
        series = {label: columns(rows, "x", name) for label, name in names.items()}
        charts[chart] = figures.lines(series, "x", "value")
    return read_json(Path("metrics/autograd.json"))["checked"]


def curves(histories: dict[str, list[dict[str, str]]], charts: dict) -> None:
    """Add the learning curves of the models, in the order of params.yaml."""
    for metric, title in [
        ("train_loss", "cross-entropy, nats (log scale)"),
        ("train_acc", "share of rows right"),
        ("test_acc", "share of rows right"),
    ]:
        series = {
            model: columns(history, "epoch", metric)
            for model, history in histories.items()
            if history  # scikit-learn's has none
        }
        charts[f"curves-{metric}"] = figures.lines(series, "epoch", title)
    figures.make_logarithmic(charts["curves-train_loss"])


def confusion(rows: list[dict[str, str]], class_names: list[str]) -> figures.go.Figure:
    """Draw the confusion matrix of rows that are a prediction each."""
    actual, predicted = (
        [row[side] for row in rows] for side in ("actual", "predicted")
    )
    return figures.confusion(actual, predicted, class_names)


def image_models(blocks: dict[str, Model], datasets: dict[str, Dataset]) -> list[dict]:
    """Return each model of images with its most confident mistakes, and weights to look at."""
    found = []
    for model, block in blocks.items():
        dataset = datasets[block.data]
        if not dataset.has_images:
            continue
        entry = {
            "model": model,
            "mistakes": [
                {
                    "image": picture(dataset.test.features[int(row["row"])]),
                    **row,
                    "probability": float(row["probability"]),
                }
                for row in read_rows(f"data/mistakes/{model}.csv")
            ],
        }
        channels, *size = dataset.shape
        if block.kind == "softmax" and channels == 1:
            arrays = read_arrays(Path(f"models/{model}.safetensors"))
            (weight,) = (array for array in arrays.values() if array.ndim == 2)
            entry["weights"] = list(
                zip(dataset.class_names, weight_pictures(weight, size), strict=True)
            )
        found.append(entry)
    return found


def twins(
    blocks: dict[str, Model],
    histories: dict[str, list[dict[str, str]]],
    charts: dict,
) -> list[dict]:
    """Return models that differ in `how` alone, together, with a chart of their curves."""
    groups: list[list[str]] = []
    for model, block in blocks.items():
        for group in groups:
            if block == blocks[group[0]].model_copy(update={"how": block.how}):
                group.append(model)
                break
        else:
            groups.append([model])
    found = []
    for group in groups:
        if len(group) == 1:
            continue
        series = {m: columns(histories[m], "epoch", "train_loss") for m in group}
        for path in (Path(f"plots/ways/{model}.csv") for model in group):
            if path.exists():  # the group may lack a way
                rows = read_rows(str(path))
                ways = [way for way in rows[0] if way != "epoch"]
                series = {way: columns(rows, "epoch", way) for way in ways}
        chart = f"twins-{'-'.join(group)}"
        charts[chart] = figures.lines(series, "epoch", "cross-entropy, nats")
        losses = zip(*(values for _, values in series.values()), strict=True)
        gaps = [max(at_once) - min(at_once) for at_once in losses]
        found.append({"models": group, "chart": chart, "gaps": gaps})
    return found


def titanic(comparisons: list[Comparison], charts: dict) -> dict:
    """Return Titanic's figures, with charts of the holdout model."""
    folder = "plots/titanic"
    honest = read_json(Path("metrics/titanic.json"))
    ladder = read_json(Path("metrics/titanic_ladder.json"))
    names = [rung.replace("_", " ") for rung in ladder["rungs"]]
    values = [rung["accuracy"] for rung in ladder["rungs"].values()]
    errors = [rung["accuracy_se"] for rung in ladder["rungs"].values()]
    charts["ladder"] = figures.ladder(names, values, errors, "accuracy")
    importance = read_rows(f"{folder}/varimp_holdout.csv")
    charts["importance"] = figures.bars(
        [row["variable"] for row in importance],
        *columns(importance, "importance"),
        "share of all importance",
        "variable",
    )
    roc = read_rows(f"{folder}/roc.csv")
    charts["roc"] = figures.against_diagonal(
        *columns(roc, "false_positive_rate", "true_positive_rate"),
        "false positive rate",
        "true positive rate",
        "a coin",
    )
    calibration = read_rows(f"{folder}/calibration.csv")
    charts["calibration"] = figures.against_diagonal(
        *columns(calibration, "predicted", "observed"),
        "predicted probability",
        "share that survived",
        "as predicted",
    )
    figures.add_intervals(
        charts["calibration"],
        *columns(calibration, "low", "high"),
        [f"{row['rows']} passengers" for row in calibration],
    )
    for chart, x, y in [
        ("precision_recall", "recall", "precision"),
        ("threshold", "threshold", "accuracy"),
    ]:
        curve = columns(read_rows(f"{folder}/{chart}.csv"), x, y)
        charts[chart] = figures.lines({"the model": curve}, x, y)
    taken = {"text": f"taken: {honest['threshold']:.3g}"}
    charts["threshold"].add_vline(
        honest["threshold"], line={"dash": "dot"}, annotation=taken
    )
    charts["fates"] = confusion(
        read_rows(f"{folder}/confusion.csv"), ["died", "survived"]
    )
    recipe = [c for c in comparisons if c.subject == "titanic_leaky"]
    keys = [c.key.removeprefix("leaky_").removeprefix("validation_") for c in recipe]
    return {
        "honest": honest,
        "figures": [
            (c, c._replace(ours=honest[key]).ours_in_words)
            for c, key in zip(recipe, keys, strict=True)
        ],
        "leaderboard": read_rows(f"{folder}/leaderboard_holdout.csv"),
        "ladder": ladder,
    }


def hugging_face() -> dict:
    """Return, of each way to train the perceptron, its code's length and an epoch's seconds."""
    speed = read_json(Path("docs/speed.json"))
    (seconds,) = (
        group["values"]
        for group in speed["groups"]
        if group["title"].startswith("an epoch of the perceptron")
        and group["title"].endswith("on cpu")
    )
    ways = [
        {
            "way": way,
            "model": model,
            "seconds": seconds[row],
            "lines": sum(lines_of_code(Path("stages", name)) for name in names),
        }
        for way, (model, row, names) in PERCEPTRONS.items()
    ]
    return {"ways": ways, "machine": speed["machine"]}


def lines_of_code(path: Path) -> int:
    """Return how many lines a Python file has without comments, docstrings and blank ones."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    lines = ast.unparse(tree).splitlines()
    return sum(line.strip() not in ("", "pass") for line in lines)


def read_rows(path: str) -> list[dict[str, str]]:
    """Read a CSV as one dictionary a row."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def columns(rows: list[dict[str, str]], *names: str) -> list[list[float]]:
    """Return columns of numbers."""
    return [[float(row[name]) for row in rows] for name in names]
