"""The report's charts, as Plotly figures without colours of their own for page and text.

The page gives them those, for a light or a dark screen, and their titles, which it can
wrap on a narrow one.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from evaluation.metrics import confusion_matrix

# Okabe and Ito's colours, which colour-blind readers tell apart, and two more after them
COLOURS = [
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"),
    *("#999933", "#D55E00", "#999999", "#882255", "#44AA99"),
]
SYMBOLS = ["circle", "square", "diamond", "cross"]
DASHES = ["solid", "dash", "dot"]
WRONG = "#D81B60"


def chart(traces: Sequence, x: str, y: str) -> go.Figure:
    """Return a chart with these axis titles and its legend below it."""
    return go.Figure(traces).update_layout(
        template="none",
        height=420,
        margin={"l": 8, "r": 16, "t": 16, "b": 8},
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
        )
        for i, (name, values) in enumerate(series.items())
    ]
    return chart(traces, x, y).update_layout(hovermode="x unified")


def against_diagonal(
    x_values: Sequence, y_values: Sequence, x: str, y: str, diagonal: str
) -> go.Figure:
    """Draw a line from 0 to 1 on both axes, and the diagonal, which means `diagonal`."""
    figure = lines(
        {"the model": (x_values, y_values), diagonal: ((0, 1), (0, 1))}, x, y
    )
    return figure.update_layout(hovermode="closest")


def weigh(figure: go.Figure, weights: Sequence[float], unit: str) -> None:
    """Let the markers of a figure's first line cover areas that grow with their weights."""
    sizes = 6 + 24 * np.sqrt(np.array(weights) / max(weights))
    figure.update_traces(
        marker_size=sizes,
        customdata=weights,
        hovertemplate=f"(%{{x:.3f}}, %{{y:.3f}}): %{{customdata:.0f}} {unit}",
        selector=0,
    )


def mark(figure: go.Figure, x: float, word: str) -> None:
    """Draw a vertical line at x, and say what it is."""
    figure.add_vline(
        x=x,
        line={"color": WRONG, "dash": "dot"},
        annotation={"text": f"{word}: {x:.3g}"},
    )


def bars(names: Sequence[str], values: Sequence[float], x: str, y: str) -> go.Figure:
    """Draw horizontal bars, the first on top."""
    bar = go.Bar(x=values, y=names, orientation="h", marker={"color": COLOURS[0]})
    return chart([bar], x, y).update_yaxes(autorange="reversed")


def scene(
    points: np.ndarray,
    labels: Sequence[str],
    predictions: Sequence[str],
    class_names: Sequence[str],
) -> go.Figure:
    """Draw points in 3-D, coloured by what is predicted, the wrong ones as red diamonds.

    Args:
        points: (rows, 3).
        labels, predictions: the name of each row's class, and of the one predicted.
        class_names: of all classes, in the order of their colours.
    """
    labels, predictions = np.array(labels), np.array(predictions)
    wrong = labels != predictions
    traces = [
        cloud(
            points[(predictions == name) & ~wrong],
            name,
            size=3,
            color=COLOURS[i % len(COLOURS)],
            symbol=SYMBOLS[i // len(COLOURS) % len(SYMBOLS)],
        )
        for i, name in enumerate(class_names)
    ]
    if wrong.any():
        traces.append(
            cloud(points[wrong], "wrong", size=3, color=WRONG, symbol="diamond")
        )
    figure = go.Figure(traces)
    axis = {"nticks": 5, "tickfont": {"size": 10}}
    return figure.update_layout(
        template="none",
        height=440,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "y": 0, "yanchor": "top", "itemsizing": "constant"},
        scene={
            **{f"{name}axis": {"title": {"text": name}, **axis} for name in "xyz"},
            "aspectmode": "cube",
            "camera": {
                "eye": {"x": 1.6, "y": -1.6, "z": 0.9},
                "center": {"x": 0, "y": 0, "z": -0.15},
            },
        },
    )


def cloud(points: np.ndarray, name: str, **marker) -> go.Scatter3d:
    """Return points (rows, 3) as one series of a 3-D chart."""
    x, y, z = points.round(3).T
    return go.Scatter3d(x=x, y=y, z=z, name=name, mode="markers", marker=marker)


def confusion(
    actual: Sequence[str], predicted: Sequence[str], class_names: Sequence[str]
) -> go.Figure:
    """Draw the share of each actual class's rows that was predicted as each class."""
    number = {name: i for i, name in enumerate(class_names)}
    rows, columns = (
        np.array([number[name] for name in names]) for names in (actual, predicted)
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
        colorscale="Blues",
        showscale=False,
        text=np.where(percents, percents.astype(str), ""),
        texttemplate="%{text}",
        textfont={"size": 10},
        hovertemplate="%{y} predicted as %{x}: %{z:.1%}<extra></extra>",
    )
    figure = chart([heatmap], "predicted class", "actual class")
    figure.update_xaxes(dtick=1, tickangle=90)
    return figure.update_yaxes(dtick=1, autorange="reversed")
