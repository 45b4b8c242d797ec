"""Write report/index.html: every model's results on one page that needs no network."""

from base64 import b64encode
from pathlib import Path

from byhand.pages import figures
from byhand.pages.page import render
from byhand.pages.results import columns, read_metrics, read_plots
from byhand.pipeline.outputs import write_bytes
from byhand.pipeline.params import load_params
from byhand.training.blocks import Models

# figures of a history, with the titles of their axes
CURVES = {
    "train_loss": "cross-entropy, nats (log scale)",
    "train_acc": "share of rows",
    "test_acc": "share of rows",
}


def main() -> None:
    blocks = load_params("models", Models)
    metrics, plots = read_metrics(Path("metrics")), read_plots(Path("plots"))
    scores = {name: metrics[f"test/{name}"] for name in blocks}
    # scikit-learn's models have no epochs
    histories = {m: rows for m in blocks if (rows := plots[f"history/{m}"])}
    curves = {}
    for figure, title in CURVES.items():
        series = {m: columns(rows, "epoch", figure) for m, rows in histories.items()}
        curves[figure] = figures.lines(series, "epoch", title)
    figures.make_logarithmic(curves["train_loss"])
    confusions = {}
    for name, score in scores.items():
        classes = [class_name for class_name, _ in score["per_class_accuracy"]]
        rows = plots[f"confusion/{name}"]
        confusions[f"confusion-{name}"] = figures.confusion(rows, classes)
    page = render(
        "results.html.j2",
        {name: figures.as_json(chart) for name, chart in (curves | confusions).items()},
        blocks=blocks,
        scores=scores,
        of_training={name: metrics[f"train/{name}"] for name in blocks},
        best=max(score["accuracy"] for score in scores.values()),
        curves=[*CURVES] if histories else [],
        pictures={name: picture(name) for name in blocks},
    )
    write_bytes(Path("report/index.html"), page)


def picture(name: str) -> str:
    """Return the picture of a model's predictions as a data: URL."""
    png = Path(f"plots/images/predictions/{name}.png").read_bytes()
    return f"data:image/png;base64,{b64encode(png).decode()}"
