"""The report's charts, as Plotly figures.

The page adds titles, and the colours of text and background for a light or a dark screen.
Parts without a colour, such as the edge of a wrong point, get the text's colour.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
import plotly.graph_objects as go
from matplotlib.colors import to_hex
from plotly.basedatatypes import BaseTraceType

from byhand.evaluation.metrics import confusion_matrix

# ten that colour-blind readers tell apart: Petroff, Accessible Color Sequences (2021)
COLOURS = [to_hex(colour) for colour in matplotlib.color_sequences["petroff10"]]
SYMBOLS = ["circle", "square", "diamond", "cross"]
DASHES = ["solid", "dash", "dashdot"]
# light below 0.5 and dark above: numbers are readable on both
SHARES = [(0, "#f7fbff"), (0.5, "#a6cbe8"), (0.5, "#2171b5"), (1, "#08306b")]
SHOWN = 3000  # points of a scene at most: more would hide each other, and fill the page
Names = Sequence[str]


def colours(count: int) -> list[str]:
    """Return so many colours; after ten they repeat."""
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def as_json(part: go.Figure | BaseTraceType) -> dict[str, Any]:
    """Return a figure, or a trace, as plotly.js reads it."""
    return json.loads(part.to_json())


def plain(text: str) -> str:
    """Return a text so that plotly.js shows it letter by letter.

    plotly.js takes <b> for bold and &lt; for <, but axes in space leave &lt; as it is. So
    the text is not escaped: after < and & comes a space of no width.
    """
    return re.sub("[<&]", "\\g<0>\u200b", text)


def chart(traces: Sequence, x: str, y: str) -> go.Figure:
    """Return a chart with these axis titles and the legend below it."""
    return go.Figure(traces).update_layout(
        template="none",
        height=420,
        margin={"l": 8, "r": 16, "t": 32, "b": 8},
        hoverlabel={"namelength": -1},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        xaxis={"title": {"text": x, "standoff": 8}, "automargin": True},
        yaxis={"title": {"text": y, "standoff": 8}, "automargin": True},
    )


def lines(series: dict[str, tuple[Sequence, Sequence]], x: str, y: str) -> go.Figure:
    """Draw a line with markers for each name, through the x and y values of its series."""
    traces, look = [], {"mode": "lines+markers", "hovertemplate": "%{y:.4f}"}
    for i, (name, (xs, ys)) in enumerate(series.items()):
        line = {"color": COLOURS[i % len(COLOURS)], "dash": DASHES[i % len(DASHES)]}
        marker = {"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 6}
        look |= {"line": line, "marker": marker}
        traces.append(go.Scatter(x=xs, y=ys, name=name, **look))
    height = max(420, 320 + 18 * len(series))  # on a phone, a name takes a line
    figure = chart(traces, x, y).update_layout(hovermode="x unified", height=height)
    return figure.update_xaxes(unifiedhovertitle={"text": f"{x} %{{x:.3~f}}"})


def bundles(series: dict[str, list], x: str, y: str) -> go.Figure:
    """Draw a bundle of thin lines for each name, each through its own x and y values."""
    traces = []
    for i, (name, runs) in enumerate(series.items()):
        look = {"mode": "lines", "legendgroup": name, "name": name}
        look["line"] = {
            "color": COLOURS[i],
            "dash": DASHES[i % len(DASHES)],
            "width": 1.5,
        }
        for run, (xs, ys) in enumerate(runs):
            traces.append(go.Scatter(x=xs, y=ys, showlegend=not run, **look))
    figure = chart(traces, x, y).update_layout(hovermode="closest")
    # epochs or layers, whole numbers from 1
    steps = (n for n in (1, 2, 5, 10, 20, 50) if 10 * n >= len(traces[0].x))
    return figure.update_xaxes(dtick=next(steps, 100), tick0=0)


def strips(names: Names, series: dict[str, list[list[float]]], x: str) -> go.Figure:
    """Draw each name's values in a row, a colour and symbol for each series of rows."""
    traces = []
    for i, (label, rows) in enumerate(series.items()):
        xs = [value for values in rows for value in values]
        ys = [name for name, values in zip(names, rows) for _ in values]
        marker = {"symbol": SYMBOLS[i], "size": 9, "color": COLOURS[i], "opacity": 0.7}
        look = {"mode": "markers", "hovertemplate": "%{x:.4f}", "name": label}
        traces.append(go.Scatter(x=xs, y=ys, marker=marker, **look))
    figure = chart(traces, x, "").update_layout(height=320, hovermode="closest")
    return figure.update_yaxes(autorange="reversed", dtick=1)


def deviations(
    names: Names, clouds: list[list[float]], series: dict[str, list], x: str
) -> go.Figure:
    """Draw each name's cloud and series' values in a row, over a band from -3 to 3."""
    look = {"mode": "markers", "hovertemplate": "%{x:.2f} σ"}
    xs = [value for row in clouds for value in row]
    ys = [name for name, row in zip(names, clouds) for _ in row]
    marker = {"symbol": "line-ns-open", "size": 11, "color": COLOURS[3]}
    traces = [go.Scatter(x=xs, y=ys, name="every seed", marker=marker, **look)]
    for i, (name, values) in enumerate(series.items()):
        marker = {"symbol": SYMBOLS[i], "size": 9, "color": COLOURS[i]}
        traces.append(go.Scatter(x=values, y=names, name=name, marker=marker, **look))
    height = 120 + 34 * len(names)
    figure = chart(traces, x, "").update_layout(height=height, hovermode="closest")
    grey = {"fillcolor": COLOURS[3], "opacity": 0.12, "line_width": 0}
    figure.add_vrect(x0=-3, x1=3, layer="below", **grey)
    shown = [value for values in series.values() for value in values]
    farthest = max([4, *(abs(value) for value in shown if value is not None)])
    figure.update_xaxes(range=[-1.05 * farthest, 1.05 * farthest], tickvals=[-3, 0, 3])
    return figure.update_yaxes(autorange="reversed", dtick=1, tickfont={"size": 10})


def ladder(names: Names, values: list[float], errors: list[float]) -> go.Figure:
    """Draw each name's accuracy ± error in a row; and a line at the best value - error."""
    look = {"mode": "markers", "marker": {"size": 9, "color": COLOURS[0]}, "name": ""}
    look |= {"hovertemplate": "%{x:.4f}", "showlegend": False}
    points = go.Scatter(x=values, y=names, error_x={"array": errors}, **look)
    best = int(np.argmax(values))
    figure = chart([points], "accuracy", "").update_layout(hovermode="closest")
    figure.add_vline(values[best] - errors[best], line={"dash": "dot"})
    return figure.update_yaxes(autorange="reversed", dtick=1)


def make_logarithmic(figure: go.Figure) -> None:
    """Give a figure a logarithmic y axis, which shows differences of small values."""
    ticks = [m * 10.0**e for e in range(-6, 7) for m in (1, 2, 5)]
    figure.update_yaxes(type="log", tickvals=ticks, tickformat="~g")


def against_diagonal(line: list[list[float]], x: str, y: str, name: str) -> go.Figure:
    """Draw the model's line in the unit square, and the diagonal with its name."""
    series = {"the model": line, name: ((0, 1), (0, 1))}
    return lines(series, x, y).update_layout(hovermode="closest")


def add_intervals(figure: go.Figure, low: list, high: list, counts: Names) -> None:
    """Turn a figure's first line into points, each with its interval and its passengers."""
    points = figure.data[0]
    y = np.array(points.y)
    error = {"symmetric": False, "array": high - y, "arrayminus": y - low}
    template = "(%{x:.3f}, %{y:.3f}): %{text} passengers"
    points.update(mode="markers", error_y=error, text=counts, hovertemplate=template)


def importance(variables: Names, shares: Sequence[float]) -> go.Figure:
    """Draw each variable's importance as a horizontal bar, the first on top."""
    bar = go.Bar(x=shares, y=variables, orientation="h", marker={"color": COLOURS[0]})
    figure = chart([bar], "share of importance", "variable")
    return figure.update_yaxes(autorange="reversed")


def scene(
    points: np.ndarray, axes: Names, labels: Names, predicted: Names, class_names: Names
) -> go.Figure:
    """Draw points, coloured by predicted class; wrong points have an edge.

    Args:
        points: (rows, 3) or (rows, 2), one column for each axis; at most SHOWN evenly
            spaced rows are drawn.
        labels, predicted: (rows,), names of the actual and the predicted classes.
        class_names: all, in the order of their colours.
    """
    step = -(-len(points) // SHOWN)
    points = points[::step]
    labels, predicted = np.array(labels)[::step], np.array(predicted)[::step]
    wrong = labels != predicted
    looks = {
        name: {"color": colour, "symbol": SYMBOLS[i // len(COLOURS) % len(SYMBOLS)]}
        for i, (name, colour) in enumerate(zip(class_names, colours(len(class_names))))
    }
    traces = [
        cloud(points[(labels == name) & ~wrong], name, name, **look)
        for name, look in looks.items()
    ]
    if wrong.any():
        pairs = list(zip(labels[wrong], predicted[wrong], strict=True))
        texts = [f"{label} → {taken}" for label, taken in pairs]
        look = {k: [looks[p][k] for _, p in pairs] for k in ("color", "symbol")}
        traces.append(cloud(points[wrong], "wrong", texts, **look, line={"width": 1}))
    if len(axes) == 2:
        return chart(traces, *axes)
    axis = {"nticks": 5, "tickfont": {"size": 10}}
    titles = zip("xyz", map(plain, axes))
    space = {f"{c}axis": {"title": {"text": t}, **axis} for c, t in titles}
    # from here all three axis titles are in sight, even on a phone
    eye, center = {"x": 2.0, "y": -0.9, "z": 0.8}, {"x": 0, "y": -0.1, "z": -0.1}
    space |= {"aspectmode": "cube", "camera": {"eye": eye, "center": center}}
    look = {"template": "none", "height": 420, "margin": dict.fromkeys("lrtb", 0)}
    legend = {"orientation": "h", "y": 0, "yanchor": "top", "itemsizing": "constant"}
    return go.Figure(traces).update_layout(**look, legend=legend, scene=space)


def cloud(points: np.ndarray, name: str, text: str | Names, **marker) -> BaseTraceType:
    """Return points (rows, 3) or (rows, 2) as a series; the legend has it even if empty.

    A point under the cursor shows its text: one for all points, or one each.
    """
    kind, size = (go.Scatter3d, 3) if points.shape[1] == 3 else (go.Scatter, 6)
    columns = points.round(3).T if len(points) else [[None]] * points.shape[1]
    coordinates = dict(zip("xyz", columns))
    place = ", ".join(f"%{{{letter}}}" for letter in coordinates)
    look = {"mode": "markers", "marker": {"size": size, **marker}}
    look["hovertemplate"] = f"%{{text}}<br>({place})<extra></extra>"
    shown = plain(text) if isinstance(text, str) else [plain(t) for t in text]
    return kind(**coordinates, name=plain(name), text=shown, **look)


def confusion(predictions: list[dict[str, str]], class_names: Names) -> go.Figure:
    """Draw the share of each actual class's rows that was predicted as each class.

    predictions: the `actual` and the `predicted` class of each row.
    """
    number = {name: i for i, name in enumerate(class_names)}
    pairs = [[number[row[k]] for k in ("actual", "predicted")] for row in predictions]
    counts = confusion_matrix(*np.array(pairs).T, len(class_names))
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    percents = (100 * shares).round().astype(int)
    scale = {"zmin": 0, "zmax": 1, "colorscale": SHARES, "showscale": False}
    scale |= {"meta": "shares"}  # lets the page change the colours on a dark screen
    texts = {"text": np.where(percents, percents.astype(str), ""), "customdata": counts}
    texts |= {"texttemplate": "%{text}", "textfont": {"size": 10}}
    hover = "%{y} predicted as %{x}: %{z:.1%}, %{customdata} rows<extra></extra>"
    heatmap = go.Heatmap(z=shares.round(4), **scale, **texts, hovertemplate=hover)
    figure = chart([heatmap], "predicted class", "actual class")
    # places with names: plotly.js would take a class 100 for a number, 2020-01-01 for a day
    names = {"tickvals": [*number.values()], "ticktext": [*map(plain, class_names)]}
    figure.update_xaxes(autotickangles=[0, 90], tickfont={"size": 11}, **names)
    return figure.update_yaxes(autorange="reversed", **names)
