"""The section on all models: scores, curves, confusion matrices and common mistakes."""

import numpy as np
import plotly.graph_objects as go

from byhand.datasets.settings import FASHION_MNIST
from byhand.pages import figures
from byhand.pages.fashion import picture
from byhand.pages.results import Results
from byhand.pages.words import WORDS
from byhand.training.blocks import Model

WAYS = {
    "scratch": "by hand",
    "autograd": "by our engine",
    "torch": "by torch.nn",
    "trainer": "by the Trainer",
    "sklearn": "by scikit-learn",
}
DATA = {
    "data/split/clusters": "clusters",
    "data/split/xor": "XOR",
    FASHION_MNIST: "Fashion-MNIST",
}
# a figure of every epoch, and its axis
CURVES = {
    "train_loss": "cross-entropy, nats (log scale)",
    "train_acc": "accuracy",
    "test_acc": "accuracy",
}
MISTAKES = 12  # images of a dataset


def chapter(results: Results) -> tuple[dict, dict]:
    """Return the section's content and charts; of twins, the first is drawn."""
    charts, models = {}, {}
    for group in twins(results.blocks):
        models.setdefault(results.blocks[group[0]].data, []).append(group)
    for folder, groups in models.items():
        drawn = [group[0] for group in groups]
        for model in drawn:
            rows = results.plots[f"confusion/{model}"]
            class_names = results.datasets[folder].class_names
            charts[f"confusion-{model}"] = figures.confusion(rows, class_names)
        for metric in CURVES:
            charts[f"curves-{metric}-{folder}"] = curves(results, drawn, metric)
    return {
        "models": models,
        "data_names": DATA,
        "names": {m: in_words(block) for m, block in results.blocks.items()},
        "scores": {m: results.metrics[f"test/{m}"] for m in results.blocks},
        "mistakes": {folder: mistakes(results, folder) for folder in models},
    }, charts


def twins(blocks: dict[str, Model]) -> list[list[str]]:
    """Return the models in groups: those of a group differ in `how` alone."""
    groups = {}
    for model, block in blocks.items():
        alike = repr(block.model_copy(update={"how": ""}))
        groups.setdefault(alike, []).append(model)
    return list(groups.values())


def curves(results: Results, models: list[str], metric: str) -> go.Figure:
    """Draw a metric by epoch, a line for each model with epochs, named by its kind."""
    titles = [results.blocks[model].title for model in models]
    series = {}
    for model, title in zip(models, titles, strict=True):
        if results.plots[f"history/{model}"]:  # scikit-learn's models have no epochs
            name = title if titles.count(title) == 1 else model
            series[name] = results.epochs(model, metric)
    figure = figures.lines(series, "epoch", CURVES[metric]).update_layout(height=360)
    if metric == "train_loss":
        figures.make_logarithmic(figure)
    return figure


def in_words(block: Model) -> dict[str, str]:
    """Return a model's name by language: its kind, and how it is trained."""
    name, way = block.title, WAYS[block.how]
    return {"en": f"{name}, {way}", "zh": f"{WORDS.get(name, name)}（{WORDS[way]}）"}


def mistakes(results: Results, folder: str) -> list[dict]:
    """Return images that most models get wrong, with each model's prediction.

    Only the first model of each kind counts, because twins make the same mistakes.
    """
    dataset = results.datasets[folder]
    if not dataset.has_images:
        return []
    first: dict[str, str] = {}
    for model in results.models_on(folder):
        first.setdefault(results.blocks[model].kind, model)
    predictions = {
        model: [row["predicted"] for row in results.plots[f"confusion/{model}"]]
        for model in first.values()
    }
    test, names = dataset.test, dataset.class_names
    found = mistakes_side_by_side(predictions, test.targets, names, MISTAKES)
    return [m | {"image": picture(test.features[m["row"]])} for m in found]


def mistakes_side_by_side(
    predictions: dict[str, list[str]], targets: np.ndarray, names: list[str], count: int
) -> list[dict]:
    """Return most models' mistakes: each `row`, its `actual` class, each model's `predicted`.

    The order is: more models wrong first, then more different predictions (if all models
    agree, the label itself may be wrong), then the number of the row.

    Args:
        predictions: by model, the name of each row's predicted class.
        targets: (rows,), int64, each in [0, classes).
        count: how many rows at most; rows without a mistake are left out.
    """
    answers = np.array(list(predictions.values()))  # (models, rows)
    actual = np.array(names)[targets]
    wrong = (answers != actual).sum(axis=0)
    different = np.array([len(set(column)) for column in answers.T.tolist()])
    order = np.lexsort((-different, -wrong))  # by the last key first; stable
    found = []
    for row in order[:count].tolist():
        if wrong[row]:
            predicted = {model: guesses[row] for model, guesses in predictions.items()}
            found.append(
                {"row": row, "actual": str(actual[row]), "predicted": predicted}
            )
    return found
