"""What a model takes every place of a plane for: its decision regions, and why they are so."""

from collections.abc import Sequence
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from stages.pages import figures
from stages.pages.figures import chart, cloud

GRID = 160  # places along either side of the window
TRIED = 20_000  # planes: all that there are of up to 24 labels
# of each, its weight (outputs, inputs) and bias (outputs,)
Layers = list[tuple[np.ndarray, np.ndarray]]


class Plane(NamedTuple):
    """A plane in the space of the features.

    origin: (columns,), a point of it.
    directions: (2, columns), of length 1 and at right angles.
    near: how far off it a point may be, to be drawn on it.
    """

    origin: np.ndarray
    directions: np.ndarray
    near: float

    def flatten(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return points (rows, columns) on the plane (rows, 2), and which are near it."""
        flat = (points - self.origin) @ self.directions.T
        return flat, np.linalg.norm(points - self.in_space(flat), axis=1) < self.near

    def in_space(self, flat: np.ndarray) -> np.ndarray:
        """Return places on the plane (rows, 2) as points (rows, columns)."""
        return self.origin + flat @ self.directions


def plane_of_pairs(points: np.ndarray, targets: np.ndarray) -> Plane:
    """Return the plane that has both clusters of as many labels as it can.

    On it one sees whether a model has a region for either. Each label's points are halved
    across their first principal component, which parts clusters far apart; of the planes
    through the centres of three halves, the one is taken that is near both halves of most
    labels and, of several such, near most points.

    Args:
        points: (rows, columns), of 2 columns or more.
        targets: (rows,), int64, of 2 labels or more.
    """
    near = points.std(axis=0).mean() / 6
    halves = np.concatenate(
        [centres_of_halves(points[targets == label]) for label in np.unique(targets)]
    )
    threes = islice(combinations(halves, 3), TRIED)
    planes = [through(*three, near) for three in threes]
    pairs = [p.flatten(halves)[1].reshape(-1, 2).all(axis=1).sum() for p in planes]
    best = [plane for plane, count in zip(planes, pairs) if count == max(pairs)]
    return max(best, key=lambda plane: plane.flatten(points)[1].sum())


def centres_of_halves(points: np.ndarray) -> np.ndarray:
    """Return the centres (2, columns) of either side, along the first principal component."""
    centred = points - points.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    along = centred @ components[0]
    return np.stack([points[side].mean(axis=0) for side in (along <= 0, along >= 0)])


def through(a: np.ndarray, b: np.ndarray, c: np.ndarray, near: float) -> Plane:
    """Return the plane through three points.

    One of its directions is that in which a column grows most, of the column that can grow
    most; at right angles to it this column stays as it is. They come in the columns' order.
    """
    basis, _ = np.linalg.qr(np.stack([b - a, c - a], axis=1))
    steepest = basis[np.linalg.norm(basis, axis=1).argmax()]
    across = steepest[::-1] * [-1, 1]
    directions = np.stack([steepest, across]) @ basis.T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    columns = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[[0, 1], columns])[:, np.newaxis]
    # from the place nearest to 0, so that what is read along an axis is close to its column
    origin = a - directions.T @ (directions @ a)
    return Plane(origin, directions[columns.argsort()], near)


def main_columns(plane: Plane) -> list[int]:
    """Return which column grows most in either direction."""
    return np.abs(plane.directions).argmax(axis=1).tolist()


def linear_layers(arrays: dict[str, np.ndarray]) -> Layers:
    """Return the layers, up to nine, of a model's file, by the names of its arrays."""
    weights = sorted(name for name in arrays if name.endswith("weight"))
    return [(arrays[name], arrays[f"{name[:-6]}bias"]) for name in weights]


def predict(layers: Layers, features: np.ndarray) -> np.ndarray:
    """Return the class (rows,) of features (rows, columns): linear layers, ReLU between."""
    *hidden, (weight, bias) = layers
    for hidden_weight, hidden_bias in hidden:
        features = np.maximum(features @ hidden_weight.T + hidden_bias, 0)
    return (features @ weight.T + bias).argmax(axis=1)


def zero_lines(
    plane: Plane, weight: np.ndarray, bias: np.ndarray, window: np.ndarray
) -> np.ndarray:
    """Return where units of a first layer are 0 on a plane: w·x + b = 0 is a line there.

    Args:
        weight, bias: (units, columns), (units,).
        window: (2, 2), the lowest place on the plane and the highest.

    Returns:
        (lines, 2, 2), the ends of each line that crosses the window, at its edges.
    """
    slopes, heights = weight @ plane.directions.T, weight @ plane.origin + bias
    # on a line: its point nearest to the origin, and where it goes from there
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = -(heights / (slopes**2).sum(axis=1))[:, np.newaxis] * slopes
        along = slopes[:, ::-1] * [1, -1]
        times = (window - foot[:, np.newaxis]) / along[:, np.newaxis]
    enters, leaves = times.min(axis=1).max(axis=1), times.max(axis=1).min(axis=1)
    crosses = enters < leaves
    foot, along = foot[crosses, np.newaxis], along[crosses, np.newaxis]
    ends = np.stack([enters[crosses], leaves[crosses]], axis=1)[..., np.newaxis]
    return foot + ends * along


def decision_regions(
    plane: Plane,
    layers: Layers,
    points: np.ndarray,
    targets: np.ndarray,
    class_names: Sequence[str],
    columns: Sequence[str],
) -> go.Figure:
    """Draw what a model takes each place of a plane for, and the points near it.

    A point has the colour of its own class, and an edge where the model is wrong. A line is
    where a hidden unit of the first layer is 0: on one side of it the unit is silent, on the
    other it has its say.

    Args:
        plane: as `plane_of_pairs` returns it, of the points that the model was trained on.
        layers: as `linear_layers` returns them; without any, the points alone are drawn.
        points, targets: (rows, columns) and (rows,) int64, of the test part.
        class_names, columns: names of all classes and columns.
    """
    flat, near = plane.flatten(points)
    edge = 0.02 * np.ptp(flat, axis=0)
    window = np.stack([flat.min(axis=0) - edge, flat.max(axis=0) + edge])
    colours = figures.colours(len(class_names))
    predictions = predict(layers, points) if layers else targets
    wrong = near & (predictions != targets)
    right = near & ~wrong
    clouds = [
        cloud(flat[right & (targets == i)], name, name, color=colour, size=5)
        for i, (name, colour) in enumerate(zip(class_names, colours, strict=True))
    ]
    pairs = list(zip(targets[wrong], predictions[wrong], strict=True))
    texts = [f"{class_names[label]} → {class_names[taken]}" for label, taken in pairs]
    edged = {"color": [colours[label] for label, _ in pairs], "line": {"width": 1}}
    if layers:
        clouds.insert(0, regions(plane, layers, window, colours))
        clouds.append(cloud(flat[wrong], "wrong", texts, size=5, **edged))

    titles = [f"along the plane, to larger {columns[c]}" for c in main_columns(plane)]
    figure = chart(clouds, *titles)
    axis = {"constrain": "domain", "showgrid": False, "zeroline": False}
    figure.update_xaxes(range=window[:, 0], **axis)
    figure.update_yaxes(range=window[:, 1], **axis)
    figure.update_yaxes(scaleanchor="x", constraintoward="top")
    if len(layers) > 1:
        add_lines(figure, zero_lines(plane, *layers[0], window), "hidden units")
    return figure.update_layout(height=460, hovermode="closest")


def regions(
    plane: Plane, layers: Layers, window: np.ndarray, colours: Sequence[str]
) -> go.Heatmap:
    """Return the window in pale colours, each place in that of the class it is taken for."""
    step = (window[1] - window[0]) / GRID
    x, y = (window[0] + step * (np.arange(GRID)[:, np.newaxis] + 0.5)).T
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    classes = predict(layers, plane.in_space(grid)).reshape(GRID, GRID)
    bounds = np.linspace(0, 1, len(colours) + 1).tolist()
    return go.Heatmap(
        z=classes.astype(np.min_scalar_type(len(colours))),
        x0=x[0],
        dx=step[0],
        y0=y[0],
        dy=step[1],
        zmin=-0.5,
        zmax=len(colours) - 0.5,
        # from a colour to the next at once
        colorscale=[
            (bound, colour)
            for i, colour in enumerate(colours)
            for bound in bounds[i : i + 2]
        ],
        opacity=0.4,
        showscale=False,
        hoverinfo="skip",
    )


def add_lines(figure: go.Figure, ends: np.ndarray, name: str) -> None:
    """Add lines (lines, 2, 2), in the text's colour, to a figure and once to its legend."""
    shapes = [
        {
            **dict(zip(("x0", "y0", "x1", "y1"), line, strict=True)),
            "type": "line",
            "name": name,
            "legendgroup": name,
            "showlegend": i == 0,
            "layer": "below",  # Plotly can't hide a line of layer "between" again
            "opacity": 0.3,
            "line": {"width": 1},
        }
        for i, line in enumerate(ends.reshape(-1, 4).round(2).tolist())
    ]
    figure.update_layout(shapes=shapes)
