"""Chapter 8: the holdout model, the book's recipe beside it, and the ladder of guesses."""

from byhand.pages import figures
from byhand.pages.book import Comparison
from byhand.pages.results import Results, columns


def chapter(results: Results, comparisons: list[Comparison]) -> tuple[dict, dict]:
    """Return Titanic's figures, and charts of the holdout model and the ladder."""
    plots, metrics = results.plots, results.metrics
    honest, ladder = metrics["titanic"], metrics["titanic_ladder"]
    rungs = ladder["rungs"]
    importance = plots["titanic/varimp_holdout"]
    calibration = plots["titanic/calibration"]
    charts = {
        "ladder": figures.ladder(
            [name.replace("_", " ") for name in rungs],
            [rung["accuracy"] for rung in rungs.values()],
            [rung["accuracy_se"] for rung in rungs.values()],
        ),
        "importance": figures.importance(
            [row["variable"].replace("_", " ") for row in importance],
            *columns(importance, "importance"),
        ),
        "roc": figures.against_diagonal(
            columns(plots["titanic/roc"], "false_positive_rate", "true_positive_rate"),
            "false-positive rate",
            "true-positive rate",
            "random guesses",
        ),
        "calibration": figures.against_diagonal(
            columns(calibration, "predicted", "observed"),
            "predicted probability",
            "share that survived",
            "perfect calibration",
        ),
        "fates": figures.confusion(plots["titanic/confusion"], ["died", "survived"]),
    }
    figures.add_intervals(
        charts["calibration"],
        *columns(calibration, "low", "high"),
        [row["rows"] for row in calibration],
    )
    for name, x, y in [
        ("precision_recall", "recall", "precision"),
        ("threshold", "threshold", "accuracy"),
    ]:
        curve = columns(plots[f"titanic/{name}"], x, y)
        charts[name] = figures.lines({"the model": curve}, x, y)
    chosen = honest["threshold"]
    dotted = {"line": {"dash": "dot"}, "annotation": {"text": f"{chosen:.3g}"}}
    charts["threshold"].add_vline(chosen, **dotted)
    recipe = [c for c in comparisons if c.subject == "titanic_leaky"]
    keys = [c.key.removeprefix("leaky_").removeprefix("validation_") for c in recipe]
    ours = [c._replace(ours=honest[k]).ours_in_words for c, k in zip(recipe, keys)]
    titanic = {"honest": honest, "figures": list(zip(recipe, ours)), "ladder": ladder}
    titanic["leaderboard"] = plots["titanic/leaderboard_holdout"]
    return {"titanic": titanic}, charts
