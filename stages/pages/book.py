"""The figures that the book prints, beside ours, and what a right reproduction gives."""

from typing import NamedTuple

METRICS = {
    "train_loss": "train loss",
    "train_acc": "train accuracy",
    "test_acc": "test accuracy",
}


class Comparison(NamedTuple):
    """One figure of a model.

    book is None where the book prints none. low and high are three standard deviations
    from the mean over many seeds of an independent implementation of the same recipe.
    """

    model: str
    metric: str
    book: float | None
    ours: float
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        """Whether our figure is one that a right reproduction gives."""
        return self.low <= self.ours <= self.high


def compare(
    figures: list[dict[str, str]],
    train_metrics: dict[str, dict],
    test_metrics: dict[str, dict],
) -> list[Comparison]:
    """Return each of the book's figures beside ours.

    Args:
        figures: rows of data/book_figures.csv: model, metric, book, mean, std.
        train_metrics, test_metrics: by model, metrics/train/M.json and metrics/test/M.json.
    """
    comparisons = []
    for figure in figures:
        model, metric = figure["model"], figure["metric"]
        if metric == "test_acc":
            ours = test_metrics[model]["accuracy"]
        else:
            ours = train_metrics[model][metric]
        mean, spread = float(figure["mean"]), 3 * float(figure["std"])
        book = float(figure["book"]) if figure["book"] else None
        comparisons.append(
            Comparison(model, METRICS[metric], book, ours, mean - spread, mean + spread)
        )
    return comparisons
