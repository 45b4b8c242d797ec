"""Chapters 5 and 7: models that differ in `how` alone, weights by epoch, and overfitting."""

import io

from PIL import Image

from byhand.datasets.settings import FASHION_MNIST
from byhand.pages import figures
from byhand.pages.fashion import embedded
from byhand.pages.models import DATA, WAYS
from byhand.pages.models import twins as groups_of_twins
from byhand.pages.results import Results, columns

OVERFITS = "lenet_fashion_torch"


def chapter(results: Results, weights: dict[str, bytes]) -> tuple[dict, dict]:
    """Return the chapters' content and charts.

    weights: by model, a PNG picture of its weights: a row an epoch, a tile an output.
    """
    found, charts = twins(results)
    if OVERFITS in results.blocks:
        sets = {"training set": "train_acc", "test set": "test_acc"}
        series = {name: results.epochs(OVERFITS, key) for name, key in sets.items()}
        charts["overfit"] = figures.lines(series, "epoch", "accuracy")
    shown = {}
    for model, png in weights.items():
        names = [str(i) for i in range(1, 7)]
        if model.startswith("softmax"):
            names = results.datasets[FASHION_MNIST].class_names
        width, height = Image.open(io.BytesIO(png)).size
        epochs = height * len(names) // width - 1
        shown[model] = {"image": embedded(png), "names": names, "epochs": epochs}
    return {"twins": found, "weights": shown}, charts


def twins(results: Results) -> tuple[list[dict], dict]:
    """Return groups of models that differ in `how` alone; and charts of their losses."""
    blocks, found, charts = results.blocks, [], {}
    for group in groups_of_twins(blocks):
        if len(group) == 1:
            continue
        block = blocks[group[0]]
        series = {WAYS[blocks[m].how]: results.epochs(m, "train_loss") for m in group}
        for model in group:  # the study may have more ways than the group
            if rows := results.plots.get(f"ways/{model}"):
                ways = [way for way in rows[0] if way != "epoch"]
                series = {WAYS[way]: columns(rows, "epoch", way) for way in ways}
        chart = f"twins-{'-'.join(group)}"
        charts[chart] = figures.lines(series, "epoch", "cross-entropy, nats")
        losses = zip(*(values for _, values in series.values()), strict=True)
        gaps = [max(at_once) - min(at_once) for at_once in losses]
        data = DATA.get(block.data, block.data)
        twin = {"kind": block.kind, "name": block.title, "data": data}
        found.append(twin | {"chart": chart, "gaps": gaps})
    return found, charts
