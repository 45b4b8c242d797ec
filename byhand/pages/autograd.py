"""Chapter 1: functions and their derivatives, a graph to step through, gradients checked."""

from typing import Any

from byhand.pages import figures, graph
from byhand.pages.results import Results, columns

CURVES = ["relu", "sigmoid", "tanh", "softmax"]


def chapter(results: Results, entries: list[dict[str, Any]]) -> tuple[dict, dict]:
    """Return the chapter's content and charts; `graph.chapter` describes the graph."""
    rows = results.plots["autograd"]
    drawn = {"autograd": {"y = 2x²": "y", "gradient 4x": "gradient"}}
    drawn |= {f"autograd-{f}": {f: f, "gradient": f"{f}_gradient"} for f in CURVES}
    charts = {}
    for chart, names in drawn.items():
        series = {label: columns(rows, "x", name) for label, name in names.items()}
        charts[chart] = figures.lines(series, "x", "value")
    checked = results.metrics["autograd"]["checked"]
    return {
        "checked": checked,
        "graph": graph.chapter(entries),
        "curves": CURVES,
    }, charts
