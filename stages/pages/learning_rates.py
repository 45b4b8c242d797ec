"""Charts of one model trained at several learning rates."""

import plotly.graph_objects as go

from stages.pages import figures
from stages.pages.rows import columns


def learning_rate_chart(rows: list[dict[str, str]], metric: str, y: str) -> go.Figure:
    """Draw a metric by epoch: a colour for each learning rate, dashed where shuffled.

    The legend has a name for each rate: both of its lines.

    Args:
        rows: of the stage learning_rates, as they are read: `lr`, `shuffle` (True or
            False), `epoch` and metrics.
        metric: train_loss, of which the axis is logarithmic, train_acc or test_acc.
        y: the title of its axis.
    """
    runs: dict[tuple[str, bool], list[dict[str, str]]] = {}
    for row in rows:
        runs.setdefault((row["lr"], row["shuffle"] == "True"), []).append(row)
    rates = list(dict.fromkeys(lr for lr, _ in runs))
    series = {
        f"{lr}, shuffled" if shuffled else lr: columns(run, "epoch", metric)
        for (lr, shuffled), run in runs.items()
    }
    figure = figures.lines(series, "epoch", y)
    for trace, (lr, shuffled) in zip(figure.data, runs, strict=True):
        i = rates.index(lr)
        trace.update(
            line={
                "color": figures.COLOURS[i % len(figures.COLOURS)],
                "dash": "dash" if shuffled else "solid",
            },
            marker={"symbol": figures.SYMBOLS[i % len(figures.SYMBOLS)]},
            legendgroup=lr,
            showlegend=not shuffled,
        )
    if metric == "train_loss":
        figures.make_logarithmic(figure)
    title = {"text": "learning rate (dashed: shuffled)", "side": "top"}
    return figure.update_layout(height=420, legend={"title": title})
