"""A model's decision regions on a plane, and the hidden units that shape them."""

from collections.abc import Sequence
from itertools import combinations, islice, pairwise
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from byhand.pages import figures
from byhand.pages.figures import chart, cloud, plain

GRID = 160  # places along each side of the window
FEW = 8  # lines of hidden units that are drawn at once: more would hide the borders
TRIED = 20_000  # planes at most; up to 24 labels have fewer
# weight (outputs, inputs) and bias (outputs,) of each layer
Layers = list[tuple[np.ndarray, np.ndarray]]


class Plane(NamedTuple):
    """A plane in the space of the features."""

    origin: np.ndarray  # (columns,), a point of the plane
    directions: np.ndarray  # (2, columns), of length 1 and at right angles
    near: float  # points closer to the plane than this are drawn on it

    def flatten(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return points (rows, columns) on the plane (rows, 2), and which are near it."""
        flat = (points - self.origin) @ self.directions.T
        return flat, np.linalg.norm(points - self.in_space(flat), axis=1) < self.near

    def in_space(self, flat: np.ndarray) -> np.ndarray:
        """Return places on the plane (rows, 2) as points (rows, columns)."""
        return self.origin + flat @ self.directions


def plane_of_pairs(points: np.ndarray, targets: np.ndarray) -> Plane:
    """Return the plane through both clusters of as many labels as possible.

    The plane shows whether a model has a region for each of a label's clusters. The points
    of a label are halved across their first principal component, which separates clusters
    that lie far apart. The candidates are the planes through the centres of three halves.
    The best is near both halves of most labels; if several are, near most points.

    points are (rows, columns), 2 columns or more; targets (rows,), int64, 2 labels or more.
    """
    near = points.std(axis=0).mean() / 6
    clusters = [points[targets == label] for label in np.unique(targets)]
    halves = np.concatenate([centres_of_halves(cluster) for cluster in clusters])
    threes = islice(combinations(halves, 3), TRIED)
    planes = [through(*three, near) for three in threes]
    pairs = [p.flatten(halves)[1].reshape(-1, 2).all(axis=1).sum() for p in planes]
    best = [plane for plane, count in zip(planes, pairs) if count == max(pairs)]
    return max(best, key=lambda plane: plane.flatten(points)[1].sum())


def centres_of_halves(points: np.ndarray) -> np.ndarray:
    """Return the centres (2, columns) of both halves along the first principal component."""
    centred = points - points.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    along = centred @ components[0]
    return np.stack([points[side].mean(axis=0) for side in (along <= 0, along >= 0)])


def through(a: np.ndarray, b: np.ndarray, c: np.ndarray, near: float) -> Plane:
    """Return the plane through three points.

    One direction is the steepest ascent of the column that can grow most. In the other
    direction, this column is constant. The two are sorted by the column that grows most.
    """
    basis, _ = np.linalg.qr(np.stack([b - a, c - a], axis=1))
    steepest = basis[np.linalg.norm(basis, axis=1).argmax()]
    across = steepest[::-1] * [-1, 1]
    directions = np.stack([steepest, across]) @ basis.T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    columns = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[[0, 1], columns])[:, np.newaxis]
    # the plane's point nearest to 0, so that numbers on an axis are close to its column's
    origin = a - directions.T @ (directions @ a)
    return Plane(origin, directions[columns.argsort()], near)


def linear_layers(arrays: dict[str, np.ndarray]) -> Layers:
    """Return the layers, at most nine, of a model's file, in the order of their names."""
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
    """Return the lines on a plane where units of a first layer are 0: w·x + b = 0.

    weight is (units, columns), bias (units,); the window (2, 2) has the lowest and the
    highest place on the plane. The result (lines, 2, 2) has both ends of each line that
    crosses the window, at its edges.
    """
    slopes, heights = weight @ plane.directions.T, weight @ plane.origin + bias
    # a line: its point nearest to the origin, and its direction
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = -(heights / (slopes**2).sum(axis=1))[:, np.newaxis] * slopes
        foot, along = foot[:, np.newaxis], (slopes[:, ::-1] * [1, -1])[:, np.newaxis]
        times = (window - foot) / along
        enters, leaves = times.min(axis=1).max(axis=1), times.max(axis=1).min(axis=1)
        ends = foot + np.stack([enters, leaves], axis=1)[..., np.newaxis] * along
    return ends[enters < leaves]


def strongest_first(plane: Plane, layers: Layers) -> np.ndarray:
    """Return the numbers of the first layer's units, by how much their lines bend a border.

    At a unit's line, the scores' slopes along the plane change by the unit's own slope, times
    its weights in the next layer. What these weights add to all scores alike bends nothing.
    """
    (weight, _), (onward, _) = layers[:2]
    slopes = np.linalg.norm(weight @ plane.directions.T, axis=1)
    differences = np.linalg.norm(onward - onward.mean(axis=0), axis=0)
    return np.argsort(-slopes * differences)


def decision_regions(
    plane: Plane,
    layers: Layers,
    points: np.ndarray,
    targets: np.ndarray,
    class_names: Sequence[str],
    columns: Sequence[str],
) -> go.Figure:
    """Draw the class that a model predicts at each place of a plane, and the points near it.

    A point has the colour of its own class, and an edge if the model is wrong. A line marks
    where a unit of the first hidden layer is 0: the unit is active on one side only. The
    few lines that bend the borders most are drawn, and the others after a click.

    Args:
        plane: of the model's training points, as `plane_of_pairs` returns it.
        layers: as `linear_layers` returns them; if empty, only the points are drawn.
        points, targets: (rows, columns) and (rows,) int64, of the test part.
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
    if layers:
        names = np.array(class_names)
        pairs = zip(names[targets[wrong]], names[predictions[wrong]], strict=True)
        texts = [f"{label} → {taken}" for label, taken in pairs]
        edged = {"color": [colours[i] for i in targets[wrong]], "line": {"width": 1}}
        clouds.insert(0, regions(plane, layers, window, colours))
        clouds.append(cloud(flat[wrong], "wrong", texts, size=5, **edged))
    growing = np.abs(plane.directions).argmax(axis=1)  # the most, in each direction
    titles = [f"along the plane, to larger {plain(columns[c])}" for c in growing]
    figure = chart(clouds, *titles)
    axis = {"constrain": "domain", "showgrid": False, "zeroline": False}
    figure.update_xaxes(range=window[:, 0], **axis)
    figure.update_yaxes(range=window[:, 1], **axis)
    figure.update_yaxes(scaleanchor="x", constraintoward="top")
    if len(layers) > 1:
        weight, bias = (array[strongest_first(plane, layers)] for array in layers[0])
        lines = zero_lines(plane, weight, bias, window)
        figure.update_layout(shapes=as_shapes(lines))
    return figure.update_layout(height=460, hovermode="closest")


def regions(
    plane: Plane, layers: Layers, window: np.ndarray, colours: Sequence[str]
) -> go.Heatmap:
    """Return the window in pale colours: each place has its predicted class's colour."""
    step = (window[1] - window[0]) / GRID
    x, y = (window[0] + step * (np.arange(GRID)[:, np.newaxis] + 0.5)).T
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    classes = predict(layers, plane.in_space(grid)).reshape(GRID, GRID)
    bounds = np.linspace(0, 1, len(colours) + 1).tolist()
    # each colour has its interval: no gradient between two
    scale = [(b, c) for c, ends in zip(colours, pairwise(bounds)) for b in ends]
    places = {"x0": x[0], "dx": step[0], "y0": y[0], "dy": step[1]}
    look = {"zmin": -0.5, "zmax": len(colours) - 0.5, "colorscale": scale}
    look |= {"opacity": 0.4, "showscale": False, "hoverinfo": "skip"}
    z = classes.astype(np.min_scalar_type(len(colours)))
    return go.Heatmap(z=z, **places, **look)


def as_shapes(lines: np.ndarray) -> list[dict]:
    """Return hidden units' lines (lines, 2, 2), the strongest first, in the text's colour.

    The legend has an entry for the first few, and one for the others, which begin hidden.
    """
    # with layer "between", Plotly can't hide a line again
    look = {"type": "line", "layer": "below", "line": {"width": 1}}
    few = {"name": f"the {FEW} strongest hidden units", "opacity": 0.7}
    others = {"name": "the other hidden units", "opacity": 0.3, "visible": "legendonly"}
    shapes = []
    for i, ends in enumerate(lines.reshape(-1, 4).round(2).tolist()):
        group = few if i < FEW else others
        place = dict(zip(("x0", "y0", "x1", "y1"), ends))
        place |= {"legendgroup": group["name"], "showlegend": i in (0, FEW)}
        shapes.append(look | group | place)
    return shapes
