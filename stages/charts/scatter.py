"""3-D scatter plots of samples: one colour and marker a class, the legend beside them."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure

COLOURS = matplotlib.color_sequences["petroff10"]  # as in the report
MARKERS = "osD^v<>PX"  # 9 markers and 10 colours: no two of 90 classes look alike
DRAWN = 2000  # points of a class at most: more would hide each other, and take seconds
PANELS = [
    (0.0, 0.03, 0.44, 0.91),
    (0.44, 0.03, 0.44, 0.91),
]  # left, bottom, width, height


def draw_splits(
    name: str, points: np.ndarray, targets: np.ndarray, train_rows: int
) -> Figure:
    """Draw the training points beside the test points, coloured by their label.

    Args:
        name: of the sample set, for the title.
        points: (rows, 3); the first train_rows train.
        targets: (rows,) int64.
        train_rows: in [1, rows].
    """
    figure, (left, right) = two_panels(f"Samples: {name}")
    class_names = [f"label {i}" for i in range(targets.max() + 1)]
    scatter(left, points[:train_rows], targets[:train_rows], class_names, size=7)
    scatter(right, points[train_rows:], targets[train_rows:], class_names, size=12)
    left.set_title(f"training set, {train_rows:,} points", y=0.97)
    right.set_title(f"test set, {len(points) - train_rows:,} points", y=0.97)
    add_legend(figure, left)
    return figure


def draw_predicted_points(
    name: str,
    points: np.ndarray,
    targets: np.ndarray,
    predictions: np.ndarray,
    class_names: list[str],
) -> Figure:
    """Draw test points coloured by label beside the same points coloured by prediction.

    Wrong predictions have a black edge.

    Args:
        name: of the model, for the title.
        points: (rows, 3).
        targets, predictions: (rows,) int64.
        class_names: of each target.
    """
    figure, (left, right) = two_panels(f"Predictions: {name}")
    wrong = predictions != targets
    scatter(left, points, targets, class_names, size=12)
    scatter(right, points[~wrong], predictions[~wrong], class_names, size=12)
    scatter(
        right, points[wrong], predictions[wrong], class_names, size=14, edge="black"
    )
    left.set_title("true labels", y=0.97)
    right.set_title(
        f"predictions; black edge: {wrong.sum():,} of {len(wrong):,} wrong", y=0.97
    )
    add_legend(figure, left)
    return figure


def two_panels(title: str) -> tuple[Figure, list]:
    """Return a figure with two 3-D axes side by side and room for a legend at the right."""
    figure = Figure(figsize=(12, 5), dpi=100)
    figure.suptitle(title, y=0.98)
    panels = [figure.add_axes(box, projection="3d") for box in PANELS]
    for panel in panels:
        panel.set(xlabel="x", ylabel="y", zlabel="z")
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
    """Draw points (rows, 3), one series a class, even where it has no points.

    Of a class with more than DRAWN points, the first ones are drawn.
    """
    for label, class_name in enumerate(class_names):
        panel.scatter(
            *points[labels == label][:DRAWN].T,
            s=size,
            color=COLOURS[label % len(COLOURS)],
            marker=MARKERS[label % len(MARKERS)],
            edgecolors=edge,
            linewidths=0.7,
            alpha=0.8,
            label=class_name,
        )


def add_legend(figure: Figure, panel) -> None:
    """Name the series of a panel at the right edge, where nothing is drawn."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="center right", frameon=False, markerscale=2.5)
