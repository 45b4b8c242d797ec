"""Scatter plots of points: one colour and marker a class, the legend beside them."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from stages.charts.projection import to_draw
from stages.datasets.folder import Dataset

COLOURS = matplotlib.color_sequences["petroff10"]  # as in the report
MARKERS = "osD^v<>PX"  # 9 markers and 10 colours: no two of 90 classes look alike
DRAWN = 2000  # points of a class at most: more would hide each other, and take seconds
LEGEND_ROWS = 22
# left, bottom, width, height
IN_SPACE = [(0.0, 0.03, 0.44, 0.91), (0.44, 0.03, 0.44, 0.91)]
IN_A_PLANE = [(0.06, 0.11, 0.37, 0.76), (0.49, 0.11, 0.37, 0.76)]


def draw_splits(name: str, dataset: Dataset) -> Figure:
    """Draw the training points beside the test points, coloured by their label.

    Args:
        name: of the sample set, for the title.
        dataset: of points.
    """
    train, test, axes = to_draw(dataset)
    figure, (left, right) = two_panels(f"Samples: {name}", axes)
    scatter(left, train, dataset.train.targets, dataset.class_names, size=7)
    scatter(right, test, dataset.test.targets, dataset.class_names, size=12)
    add_title(left, f"training set, {len(train):,} points")
    add_title(right, f"test set, {len(test):,} points")
    add_legend(figure, left)
    return figure


def draw_predicted_points(
    name: str, dataset: Dataset, predictions: np.ndarray
) -> Figure:
    """Draw test points coloured by label beside the same points coloured by prediction.

    Wrong predictions have a black edge.

    Args:
        name: of the model, for the title.
        dataset: of points.
        predictions: (rows,) int64, of the test points.
    """
    _, points, axes = to_draw(dataset)
    targets, class_names = dataset.test.targets, dataset.class_names
    figure, (left, right) = two_panels(f"Predictions: {name}", axes)
    wrong = predictions != targets
    scatter(left, points, targets, class_names, size=12)
    scatter(right, points[~wrong], predictions[~wrong], class_names, size=12)
    scatter(
        right, points[wrong], predictions[wrong], class_names, size=14, edge="black"
    )
    add_title(left, "true labels")
    add_title(
        right, f"predictions; black edge: {wrong.sum():,} of {len(wrong):,} wrong"
    )
    add_legend(figure, left)
    return figure


def two_panels(title: str, axes: list[str]) -> tuple[Figure, list]:
    """Return a figure with axes of these names twice, and room for a legend at the right."""
    figure = Figure(figsize=(12, 5), dpi=100)
    figure.suptitle(title, y=0.98)
    names = dict(zip(("xlabel", "ylabel", "zlabel"), axes))
    if len(axes) == 2:
        return figure, [figure.add_axes(box, **names) for box in IN_A_PLANE]
    panels = [figure.add_axes(box, projection="3d", **names) for box in IN_SPACE]
    for panel in panels:
        panel.set_box_aspect(None, zoom=1.08)
        panel.view_init(elev=22, azim=-60)
    return figure, panels


def scatter(
    panel,
    points: np.ndarray,
    labels: np.ndarray,
    class_names: list[str],
    size: float,
    edge: str = "none",
) -> None:
    """Draw points (rows, axes), one series a class, even where it has no points.

    Of a class with more than DRAWN points, the first ones are drawn.
    """
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


def add_title(panel, text: str) -> None:
    """Write above a panel; in space, into the empty corner above its cube."""
    panel.set_title(text, y=0.97 if panel.name == "3d" else None)


def add_legend(figure: Figure, panel) -> None:
    """Name the series of a panel at the right edge, where nothing is drawn."""
    handles, labels = panel.get_legend_handles_labels()
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
