"""Chapters 3 and 4: every set of points, with each model's predictions."""

from byhand.charts.scatter import to_draw
from byhand.pages import figures
from byhand.pages.results import Results


def chapter(results: Results) -> tuple[dict, dict]:
    """Return the sets of points; and charts of their test points, for labels and models."""
    sets, charts = [], {}
    for folder, dataset in results.datasets.items():
        if dataset.has_images:
            continue
        names = dataset.class_names
        points, axes = to_draw(dataset.test.features, dataset.columns)
        labels = [names[target] for target in dataset.test.targets]
        shown = {folder: labels}
        for model in results.models_on(folder):
            rows = results.plots[f"confusion/{model}"]
            shown[model] = [row["predicted"] for row in rows]
        for name, predicted in shown.items():
            scene = figures.scene(points, axes, labels, predicted, names)
            charts[f"scene-{name}"] = scene
        features, in_space = len(dataset.columns), len(axes) == 3
        sets.append({"folder": folder, "features": features, "in_space": in_space})
    return {"sample_sets": sets}, charts
