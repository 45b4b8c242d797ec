"""Write report/index.html: every chapter's results on one page that needs no network."""

import hashlib
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np
from PIL import Image

from stages.charts.projection import to_draw
from stages.datasets.folder import Dataset, read_dataset, standardized
from stages.datasets.settings import Preview
from stages.pages import figures
from stages.pages.book import (
    SEEDS_KEY,
    Comparison,
    read_comparisons,
    read_spread,
    tally,
)
from stages.pages.chapters import read_chapters
from stages.pages.graph import read_graph
from stages.pages.images import embedded, picture
from stages.pages.learning_rates import learning_rate_chart
from stages.pages.mistakes import mistakes_side_by_side
from stages.pages.names import KINDS, WAYS, in_words
from stages.pages.page import render
from stages.pages.regions import decision_regions, linear_layers, plane_of_pairs
from stages.pages.rows import columns, read_rows
from stages.pages.source import quote
from stages.pages.titanic import titanic
from stages.pages.trainer import trainer_spec
from stages.pages.ways import three_ways
from stages.pipeline.files import read_arrays, read_json, write_bytes
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import Model, Models, load_model
from stages.training.descent import start

FASHION_MNIST = "data/FashionMNIST/raw"
CURVES = ["relu", "sigmoid", "tanh", "softmax"]
VERSIONS = ["torch", "transformers", "scikit-learn", "h2o", "numpy", "dvc", "plotly"]
XOR = "data/split/xor"
DATA = {FASHION_MNIST: "Fashion-MNIST", XOR: "XOR"}
LIMITS = Path("data/limits/mlp_xor_scratch")  # models whose regions are drawn
TRAINERS = ["softmax_clusters_scratch", "mlp_xor_scratch"]  # those of the page itself
OVERFITS = "lenet_fashion_torch"
MISTAKES = 12  # of a data set


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
    scores = {m: read_json(Path(f"metrics/test/{m}.json")) for m in blocks}
    book(comparisons, charts)
    last_digit(charts)
    learning_rates(charts)
    for model, block in blocks.items():
        charts[f"confusion-{model}"] = figures.confusion(
            predictions[model], datasets[block.data].class_names
        )
    curves(histories, charts)
    regions(datasets, charts)
    # of all metrics; a commit's name is not known before they are committed
    results = b"".join(p.read_bytes() for p in sorted(Path("metrics").rglob("*.json")))
    content = {
        "fashion": fashion(datasets[FASHION_MNIST]),
        "titanic": titanic(comparisons, charts),
        "accuracy": lambda model: scores.get(model, {}).get("accuracy"),
        "seeds": lambda model: read_spread(
            Path(f"metrics/test/{model}.json"), "accuracy"
        ),
        "limits": read_json(Path("metrics/limits/mlp_xor_scratch.json")),
    }
    chapters = read_chapters(content)
    content |= {
        "chapters": chapters,
        "shown": {piece.target for chapter in chapters for piece in chapter.pieces},
        "names": {m: in_words(block.kind, block.how) for m, block in blocks.items()},
        "comparisons": [
            (subject, list(group))
            for subject, group in groupby(comparisons, attrgetter("subject"))
        ],
        "tally": tally(comparisons),
        "quote": quote,
        "beyond": [c for c in comparisons if abs(c.book_deviations or 0) > 3],
        "sample_sets": sample_sets(models, datasets, predictions, charts),
        "checked": autograd(charts),
        "graph": read_graph(Path("data/autograd_graph.json")),
        "curves": CURVES,
        "models": models,
        "scores": scores,
        "mistakes": {
            folder: mistakes(datasets[folder], of_folder, blocks, predictions)
            for folder, of_folder in models.items()
        },
        "weights": weights(datasets[FASHION_MNIST].class_names),
        "twins": twins(blocks, histories, charts),
        "trainers": trainers(datasets, histories),
        "hugging_face": three_ways(),
        "params": Path("params.yaml").read_text(encoding="utf-8"),
        "seed": load_params("seed", Seed),
        "versions": ", ".join(f"{name} {version(name)}" for name in VERSIONS),
        "fingerprint": hashlib.sha256(results).hexdigest()[:12],
    }

    drawn = {name: figures.as_json(chart) for name, chart in charts.items()}
    page = render("report.html.j2", drawn, charts=charts, **content)
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


def learning_rates(charts: dict) -> None:
    """Add charts of a model at several learning rates, its batches shuffled or not."""
    rows = read_rows("plots/learning_rates/mlp_xor_scratch.csv")
    for name, metric, y in [
        ("loss", "train_loss", "cross-entropy, nats (log scale)"),
        ("accuracy", "test_acc", "share of rows right"),
    ]:
        charts[f"learning-rates-{name}"] = learning_rate_chart(rows, metric, y)


def regions(datasets: dict[str, Dataset], charts: dict) -> None:
    """Add charts of a plane through XOR's points: the points, and what models make of it."""
    if XOR not in datasets:
        return
    dataset = datasets[XOR]
    plane = plane_of_pairs(*dataset.train)
    drawn = *dataset.test, dataset.class_names, dataset.columns
    charts["regions-labels"] = decision_regions(plane, [], *drawn)
    for borders in ("straight", "bent"):
        arrays = read_arrays(LIMITS / f"{borders}.safetensors")
        chart = decision_regions(plane, linear_layers(arrays), *drawn)
        charts[f"regions-{borders}"] = chart


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
    if OVERFITS in histories:
        series = {
            name: columns(histories[OVERFITS], "epoch", metric)
            for name, metric in [
                ("training set", "train_acc"),
                ("test set", "test_acc"),
            ]
        }
        charts["overfit"] = figures.lines(series, "epoch", "share of rows right")


def initial_layers(
    block: Model, dataset: Dataset, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weight and bias of each layer before training."""
    model, _ = start(block, dataset, seed)
    arrays = [p.detach().cpu().numpy() for _, p in model.named_parameters()]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def mistakes(
    dataset: Dataset,
    models: list[str],
    blocks: dict[str, Model],
    predictions: dict[str, list[dict[str, str]]],
) -> list[dict]:
    """Return images that most models get wrong, and what each of them took them for.

    Twins make the same mistakes: of each kind of model the first is asked.
    """
    if not dataset.has_images:
        return []
    first: dict[str, str] = {}
    for model in models:
        first.setdefault(blocks[model].kind, model)
    found = mistakes_side_by_side(
        {m: [row["predicted"] for row in predictions[m]] for m in first.values()},
        dataset.test.targets,
        dataset.class_names,
        MISTAKES,
    )
    return [m | {"image": picture(dataset.test.features[m["row"]])} for m in found]


def weights(class_names: list[str]) -> dict[str, dict]:
    """Return pictures of first layers' weights, a row an epoch, a column a name."""
    found = {}
    for path in sorted(Path("plots/images/weights").glob("*.png")):
        is_softmax = path.stem.startswith("softmax")
        names = class_names if is_softmax else [str(i) for i in range(1, 7)]
        width, height = Image.open(path).size
        found[path.stem] = {
            "image": embedded(path.read_bytes()),
            "names": names,
            "epochs": height * len(names) // width - 1,
        }
    return found


def trainers(
    datasets: dict[str, Dataset], histories: dict[str, list[dict[str, str]]]
) -> list[dict]:
    """Return what the page needs to train models itself, from the pipeline's own weights."""
    seed, specs = load_params("seed", Seed), []
    for model in TRAINERS:
        if model not in histories:
            continue
        block = load_model(model)
        dataset = datasets[block.data]
        if len(dataset.columns) != 3:  # the page draws points in space
            continue
        dataset = standardized(dataset) if block.standardize else dataset
        initial = initial_layers(block, dataset, seed)
        path = Path(f"plots/learning_rates/{model}.csv")
        rates = read_rows(str(path)) if path.exists() else []
        specs.append(
            trainer_spec(model, block, dataset, initial, histories[model], seed, rates)
        )
    return specs


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
        series = {
            WAYS[blocks[m].how]: columns(histories[m], "epoch", "train_loss")
            for m in group
        }
        for path in (Path(f"plots/ways/{model}.csv") for model in group):
            if path.exists():  # the group may lack a way
                rows = read_rows(str(path))
                ways = [way for way in rows[0] if way != "epoch"]
                series = {WAYS[way]: columns(rows, "epoch", way) for way in ways}
        chart = f"twins-{'-'.join(group)}"
        charts[chart] = figures.lines(series, "epoch", "cross-entropy, nats")
        losses = zip(*(values for _, values in series.values()), strict=True)
        gaps = [max(at_once) - min(at_once) for at_once in losses]
        block = blocks[group[0]]
        found.append(
            {
                "kind": block.kind,
                "name": KINDS.get(block.kind, block.kind),
                "data": DATA.get(block.data, block.data),
                "chart": chart,
                "gaps": gaps,
            }
        )
    return found
