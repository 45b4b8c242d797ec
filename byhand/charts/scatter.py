"""Scatter plots of points: a colour and a marker for each class, and a legend."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from byhand.charts.text import as_written, shortened
from byhand.datasets.folder import Dataset

COLOURS = matplotlib.color_sequences["petroff10"]  # as in the report
MARKERS = "osD^v<>PX"  # 9 markers and 10 colours: no two of 90 classes look alike
DRAWN = 2000  # points of a class at most: more would hide each other and take seconds
LEGEND_ROWS = 22
# left, bottom, width, height
IN_SPACE = [(0.0, 0.03, 0.44, 0.91), (0.44, 0.03, 0.44, 0.91)]
IN_A_PLANE = [(0.06, 0.11, 0.37, 0.76), (0.49, 0.11, 0.37, 0.76)]


def draw_splits(name: str, dataset: Dataset) -> Figure:
    """Draw the training points of a sample set beside its test points, coloured by label.

    Points have three columns.
    """
    train, test = dataset.train.features, dataset.test.features
    captions = f"training set, {len(train):,} points", f"test set, {len(test):,} points"
    figure, left, right = two_panels(f"Samples: {name}", dataset.columns, captions)
    scatter(left, train, dataset.train.targets, dataset.class_names, size=7)
    scatter(right, test, dataset.test.targets, dataset.class_names, size=12)
    add_legend(figure, left)
    return as_written(figure)


def draw_predicted_points(
    name: str, dataset: Dataset, predictions: np.ndarray
) -> Figure:
    """Draw test points coloured by label beside the same points coloured by prediction.

    predictions are (rows,) int64, for all test points; wrong ones have a black edge.
    """
    points, axes = to_draw(dataset.test.features, dataset.columns)
    targets, names = dataset.test.targets, dataset.class_names
    wrong = predictions != targets
    counts = f"{wrong.sum():,} of {len(wrong):,} wrong"
    captions = "true labels", f"predictions; black edge: {counts}"
    figure, left, right = two_panels(f"Predictions: {name}", axes, captions)
    scatter(left, points, targets, names, size=12)
    scatter(right, points[~wrong], predictions[~wrong], names, size=12)
    scatter(right, points[wrong], predictions[wrong], names, size=14, edge="black")
    add_legend(figure, left)
    return as_written(figure)


def two_panels(title: str, axes: list[str], captions: tuple[str, str]):
    """Return a figure and its two panels, with room for a legend at the right.

    axes are the names of two axes in the plane or three in space.
    """
    figure = Figure(figsize=(12, 5), dpi=100)
    figure.suptitle(title, y=0.98)
    in_space, panels = len(axes) == 3, []
    axes = [shortened(axis) for axis in axes] if in_space else axes
    names = dict(zip(("xlabel", "ylabel", "zlabel"), axes))
    boxes = IN_SPACE if in_space else IN_A_PLANE
    for box, caption in zip(boxes, captions, strict=True):
        panel = figure.add_axes(box, projection="3d" if in_space else None, **names)
        panel.set_title(caption, y=0.97 if in_space else None)
        if in_space:
            panel.set_box_aspect(None, zoom=1.08)
            panel.view_init(elev=22, azim=-60)
        panels.append(panel)
    return figure, *panels


def scatter(
    panel,
    points: np.ndarray,
    labels: np.ndarray,
    class_names: list[str],
    size: float,
    edge: str = "none",
) -> None:
    """Draw points (rows, axes), at most DRAWN of a class; each class enters the legend."""
    for label, class_name in enumerate(class_names):
        panel.scatter(
            *points[labels == label][:DRAWN].T,
            s=size if panel.name == "3d" else 2 * size,
            color=COLOURS[label % len(COLOURS)],
            marker=MARKERS[label % len(MARKERS)],
            edgecolors=edge,
            linewidths=0.7,
            alpha=0.8,
            label=class_name,
        )


def add_legend(figure: Figure, panel) -> None:
    """Name the classes of a panel at the right edge of the figure."""
    # panel.get_legend_handles_labels() would leave out a name that begins with _
    handles = panel.collections
    labels = [shortened(handle.get_label()) for handle in handles]
    figure.legend(
        handles,
        labels,
        title="label",
        loc="center right",
        frameon=False,
        markerscale=2.5,
        ncols=-(-len(labels) // LEGEND_ROWS),
        fontsize="medium" if len(labels) <= LEGEND_ROWS else "x-small",
    )


def to_draw(points: np.ndarray, columns: list[str]) -> tuple[np.ndarray, list[str]]:
    """Return points to draw, (rows, 3) or (rows, 2), and the names of the axes.

    Points of three columns are drawn in space as they are. Others are drawn in the plane of
    their own two largest principal components (Pearson, 1901). An axis names its share of
    the variance. The sign of a component is free: the largest weight is made positive.
    """
    if len(columns) == 3:
        return points, columns
    centred = points - points.mean(axis=0)
    _, lengths, components = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(components).argmax(axis=1)
    components *= np.sign(components[range(len(components)), largest])[:, np.newaxis]
    plane, shares = np.zeros((2, len(columns))), np.zeros(2)
    plane[: len(components)] = components[:2]
    squares = (lengths / (lengths[0] or 1)) ** 2  # of numbers up to 1
    shares[: len(components)] = (squares / (squares.sum() or 1))[:2]
    names = [
        f"principal component {i}, {share:.0%} of the variance"
        for i, share in enumerate(shares, start=1)
    ]
    return centred @ plane.T, names
