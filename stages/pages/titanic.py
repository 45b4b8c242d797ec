"""Chapter 8's figures and charts: the honest model, the tutorial's recipe, and the ladder."""

from pathlib import Path

from stages.pages import figures
from stages.pages.book import Comparison
from stages.pages.rows import columns, read_rows
from stages.pipeline.files import read_json


def titanic(comparisons: list[Comparison], charts: dict) -> dict:
    """Return Titanic's figures, with charts of the holdout model."""
    folder = "plots/titanic"
    honest = read_json(Path("metrics/titanic.json"))
    ladder = read_json(Path("metrics/titanic_ladder.json"))
    names = [rung.replace("_", " ") for rung in ladder["rungs"]]
    values = [rung["accuracy"] for rung in ladder["rungs"].values()]
    errors = [rung["accuracy_se"] for rung in ladder["rungs"].values()]
    charts["ladder"] = figures.ladder(names, values, errors, "accuracy")
    importance = read_rows(f"{folder}/varimp_holdout.csv")
    charts["importance"] = figures.bars(
        [row["variable"] for row in importance],
        *columns(importance, "importance"),
        "share of all importance",
        "variable",
    )
    roc = read_rows(f"{folder}/roc.csv")
    charts["roc"] = figures.against_diagonal(
        *columns(roc, "false_positive_rate", "true_positive_rate"),
        "false positive rate",
        "true positive rate",
        "a coin",
    )
    calibration = read_rows(f"{folder}/calibration.csv")
    charts["calibration"] = figures.against_diagonal(
        *columns(calibration, "predicted", "observed"),
        "predicted probability",
        "share that survived",
        "as predicted",
    )
    figures.add_intervals(
        charts["calibration"],
        *columns(calibration, "low", "high"),
        [f"{row['rows']} passengers" for row in calibration],
    )
    for chart, x, y in [
        ("precision_recall", "recall", "precision"),
        ("threshold", "threshold", "accuracy"),
    ]:
        curve = columns(read_rows(f"{folder}/{chart}.csv"), x, y)
        charts[chart] = figures.lines({"the model": curve}, x, y)
    taken = {"text": f"{honest['threshold']:.3g}"}
    charts["threshold"].add_vline(
        honest["threshold"], line={"dash": "dot"}, annotation=taken
    )
    charts["fates"] = figures.confusion(
        read_rows(f"{folder}/confusion.csv"), ["died", "survived"]
    )
    recipe = [c for c in comparisons if c.subject == "titanic_leaky"]
    keys = [c.key.removeprefix("leaky_").removeprefix("validation_") for c in recipe]
    return {
        "honest": honest,
        "figures": [
            (c, c._replace(ours=honest[key]).ours_in_words)
            for c, key in zip(recipe, keys, strict=True)
        ],
        "leaderboard": read_rows(f"{folder}/leaderboard_holdout.csv"),
        "ladder": ladder,
    }
