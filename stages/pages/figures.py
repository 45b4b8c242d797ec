"""The report's charts, as Plotly figures without colours of their own for page and text.

The page gives them those, for a light or a dark screen: what has no colour here, as the
edge of a point that is wrong, gets the text's. It also gives them their titles, which it
can wrap on a narrow screen.
"""

import json
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
import plotly.graph_objects as go
from matplotlib.colors import to_hex
from plotly.basedatatypes import BaseTraceType

from stages.evaluation.metrics import confusion_matrix

# ten that colour-blind readers tell apart: Petroff, Accessible Color Sequences (2021)
COLOURS = [to_hex(colour) for colour in matplotlib.color_sequences["petroff10"]]
SYMBOLS = ["circle", "square", "diamond", "cross"]
DASHES = ["solid", "dash", "dashdot"]
# light up to a half and dark from there, so that each number on it can be read
SHARES = [(0, "#f7fbff"), (0.5, "#a6cbe8"), (0.5, "#2171b5"), (1, "#08306b")]
SHOWN = 3000  # points of a scene at most: more would hide each other, and fill the page


def colours(count: int) -> list[str]:
    """Return a colour for each of so many; beyond ten they come again."""
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def as_json(part: go.Figure | BaseTraceType) -> dict[str, Any]:
    """Return a figure, or a trace, as Plotly's own script reads it."""
    return json.loads(part.to_json())


def chart(traces: Sequence, x: str, y: str) -> go.Figure:
    """Return a chart with these axis titles and its legend below it."""
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
    """Draw one line, with markers, for each name: (x, y) of a series."""
    traces = [
        go.Scatter(
            x=values[0],
            y=values[1],
            name=name,
            mode="lines+markers",
            line={"color": COLOURS[i % len(COLOURS)], "dash": DASHES[i % len(DASHES)]},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 6},
            hovertemplate="%{y:.4f}",
        )
        for i, (name, values) in enumerate(series.items())
    ]
    figure = chart(traces, x, y).update_layout(
        hovermode="x unified",
        height=max(420, 320 + 18 * len(series)),  # on a phone, a name takes a line
    )
    return figure.update_xaxes(unifiedhovertitle={"text": f"{x} %{{x:.3~f}}"})


def deviations(
    names: Sequence[str],
    clouds: Sequence[Sequence[float]],
    series: dict[str, Sequence[float | None]],
    x: str,
) -> go.Figure:
    """Draw one row a name, with its cloud of values and a marker for each of the series.

    A band from -3 to 3 lies behind them.
    """
    cloud = [(value, name) for name, row in zip(names, clouds) for value in row]
    traces = [
        go.Scatter(
            x=[value for value, _ in cloud],
            y=[name for _, name in cloud],
            name="every seed",
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 11, "color": COLOURS[3]},
            hovertemplate="%{x:.2f} σ",
        )
    ]
    traces += [
        go.Scatter(
            x=values,
            y=names,
            name=name,
            mode="markers",
            marker={"symbol": SYMBOLS[i], "size": 9, "color": COLOURS[i]},
            hovertemplate="%{x:.2f} σ",
        )
        for i, (name, values) in enumerate(series.items())
    ]
    figure = chart(traces, x, "").update_layout(
        height=120 + 34 * len(names), hovermode="closest"
    )
    figure.add_vrect(
        x0=-3, x1=3, fillcolor=COLOURS[3], opacity=0.12, line_width=0, layer="below"
    )
    shown = [value for values in series.values() for value in values]
    farthest = max([4, *(abs(value) for value in shown if value is not None)])
    figure.update_xaxes(range=[-1.05 * farthest, 1.05 * farthest], tickvals=[-3, 0, 3])
    return figure.update_yaxes(autorange="reversed", dtick=1, tickfont={"size": 10})


def ladder(
    names: Sequence[str], values: Sequence[float], errors: Sequence[float], x: str
) -> go.Figure:
    """Draw one row a name, its value with its error, and a line where the best's ends."""
    points = go.Scatter(
        x=values,
        y=names,
        mode="markers",
        marker={"size": 9, "color": COLOURS[0]},
        error_x={"array": errors},
        hovertemplate="%{x:.4f}",
        name="",
        showlegend=False,
    )
    best = int(np.argmax(values))
    figure = chart([points], x, "").update_layout(hovermode="closest")
    figure.add_vline(values[best] - errors[best], line={"dash": "dot"})
    return figure.update_yaxes(autorange="reversed", dtick=1)


def make_logarithmic(figure: go.Figure) -> None:
    """Give a figure a logarithmic y axis, on which small values stay apart."""
    ticks = [m * 10.0**e for e in range(-6, 7) for m in (1, 2, 5)]
    figure.update_yaxes(type="log", tickvals=ticks)


def against_diagonal(
    x_values: Sequence, y_values: Sequence, x: str, y: str, diagonal: str
) -> go.Figure:
    """Draw a line from 0 to 1 on both axes, and the diagonal, which means `diagonal`."""
    figure = lines(
        {"the model": (x_values, y_values), diagonal: ((0, 1), (0, 1))}, x, y
    )
    return figure.update_layout(hovermode="closest")


def add_intervals(
    figure: go.Figure, low: Sequence[float], high: Sequence[float], texts: Sequence[str]
) -> None:
    """Turn a figure's first line into points, each with its interval and its text."""
    y = np.array(figure.data[0].y)
    figure.update_traces(
        mode="markers",
        error_y={"symmetric": False, "array": high - y, "arrayminus": y - low},
        text=texts,
        hovertemplate="(%{x:.3f}, %{y:.3f}): %{text}",
        selector=0,
    )


def bars(names: Sequence[str], values: Sequence[float], x: str, y: str) -> go.Figure:
    """Draw horizontal bars, the first on top."""
    bar = go.Bar(x=values, y=names, orientation="h", marker={"color": COLOURS[0]})
    return chart([bar], x, y).update_yaxes(autorange="reversed")


def scene(
    points: np.ndarray,
    axes: Sequence[str],
    labels: Sequence[str],
    predictions: Sequence[str],
    class_names: Sequence[str],
) -> go.Figure:
    """Draw points in space or in a plane, coloured by what is predicted.

    The wrong ones have an edge. Of more than SHOWN points, evenly spaced rows are drawn.

    Args:
        points: (rows, 3) or (rows, 2).
        axes: names of the three or two axes.
        labels, predictions: the name of each row's class, and of the one predicted.
        class_names: of all classes, in the order of their colours.
    """
    shown = slice(None, None, -(-len(points) // SHOWN))
    points, labels, predictions = (
        np.array(values)[shown] for values in (points, labels, predictions)
    )
    wrong = labels != predictions
    looks = {
        name: {
            "color": COLOURS[i % len(COLOURS)],
            "symbol": SYMBOLS[i // len(COLOURS) % len(SYMBOLS)],
        }
        for i, name in enumerate(class_names)
    }
    traces = [
        cloud(points[(labels == name) & ~wrong], name, name, **look)
        for name, look in looks.items()
    ]
    if wrong.any():
        pairs = list(zip(labels[wrong], predictions[wrong], strict=True))
        traces.append(
            cloud(
                points[wrong],
                "wrong",
                [f"{label} → {taken_for}" for label, taken_for in pairs],
                color=[looks[taken_for]["color"] for _, taken_for in pairs],
                symbol=[looks[taken_for]["symbol"] for _, taken_for in pairs],
                line={"width": 1},
            )
        )
    if len(axes) == 2:
        return chart(traces, *axes)
    axis = {"nticks": 5, "tickfont": {"size": 10}}
    return go.Figure(traces).update_layout(
        template="none",
        height=420,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "y": 0, "yanchor": "top", "itemsizing": "constant"},
        scene={
            **{
                f"{letter}axis": {"title": {"text": name}, **axis}
                for letter, name in zip("xyz", axes, strict=True)
            },
            "aspectmode": "cube",
            # from here all three axes' titles are in sight, on a phone, too
            "camera": {
                "eye": {"x": 2.0, "y": -0.9, "z": 0.8},
                "center": {"x": 0, "y": -0.1, "z": -0.1},
            },
        },
    )


def cloud(
    points: np.ndarray, name: str, text: str | Sequence[str], **marker
) -> go.Scatter3d | go.Scatter:
    """Return points (rows, 3) or (rows, 2) as one series, in its legend even if empty.

    The text, one for all points or one each, is shown beside a point that is pointed at.
    """
    in_space = points.shape[1] == 3
    columns = points.round(3).T if len(points) else [[None]] * points.shape[1]
    coordinates = dict(zip("xyz", columns))
    place = ", ".join(f"%{{{letter}}}" for letter in coordinates)
    return (go.Scatter3d if in_space else go.Scatter)(
        **coordinates,
        name=name,
        mode="markers",
        marker={"size": 3 if in_space else 6, **marker},
        text=text,
        hovertemplate=f"%{{text}}<br>({place})<extra></extra>",
    )


def confusion(
    predictions: Sequence[dict[str, str]], class_names: Sequence[str]
) -> go.Figure:
    """Draw the share of each actual class's rows that was predicted as each class.

    Args:
        predictions: of each row, its `actual` class and the one `predicted`.
        class_names: of all classes, in the order of rows and columns.
    """
    number = {name: i for i, name in enumerate(class_names)}
    rows, columns = (
        np.array([number[row[side]] for row in predictions])
        for side in ("actual", "predicted")
    )
    counts = confusion_matrix(rows, columns, len(class_names))
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    percents = (100 * shares).round().astype(int)
    heatmap = go.Heatmap(
        z=shares.round(4),
        x=class_names,
        y=class_names,
        zmin=0,
        zmax=1,
        colorscale=SHARES,
        meta="shares",  # a dark page has other colours for them
        showscale=False,
        text=np.where(percents, percents.astype(str), ""),
        texttemplate="%{text}",
        textfont={"size": 10},
        customdata=counts,
        hovertemplate="%{y} predicted as %{x}: %{z:.1%}, %{customdata} rows<extra></extra>",
    )
    figure = chart([heatmap], "predicted class", "actual class")
    figure.update_xaxes(dtick=1, autotickangles=[0, 90], tickfont={"size": 11})
    return figure.update_yaxes(dtick=1, autorange="reversed")
