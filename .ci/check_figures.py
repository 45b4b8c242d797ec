"""Fail if a page doesn't quote the committed metrics.

Those of the working tree may be another processor's, after a `make repro`.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from byhand.pages import hugging_face
from byhand.pages.book import Comparison, as_spread, compare_all, spread_of, tally
from byhand.pages.results import read_metrics, read_rows
from byhand.pipeline.outputs import read_json

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]
TITANIC = ("accuracy", "precision", "recall", "f1", "auc", "log_loss", "threshold")
OURS = ("lenet_fashion_torch", "lenet_fashion_scratch", "resnet_fashion_trainer")


def committed_metrics() -> dict[str, dict[str, Any]]:
    """Return the last commit's metrics."""
    command = ["git", "archive", "HEAD", "metrics"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        return read_metrics(Path(folder, "metrics"))


METRICS = committed_metrics()
COMPARISONS = compare_all(read_rows(ROOT / "data/book_figures.csv"), METRICS)

# how a line of a page begins, and what stands in it
Row = tuple[str, str]


def main() -> None:
    quoted = dict.fromkeys(READMES, in_brief()) | {
        "docs/results.md": results(),
        "docs/titanic.md": titanic(),
        "docs/hub.md": hub(),
    }
    pages = {page: (ROOT / page).read_text(encoding="utf-8") for page in quoted}
    failures = [
        f"{page} has no row {start} … {end}"
        for page, rows in quoted.items()
        for start, end in rows
        if not any(
            line.startswith(start) and end in line for line in pages[page].splitlines()
        )
    ]
    if failures:
        sys.exit("\n".join(failures))
    print("the pages quote the committed metrics")


def in_brief() -> list[Row]:
    """Return what the READMEs quote: test accuracies, and how many figures there are."""
    rows = [
        (f"| `{c.subject}` |", f"| {figures(c)} |")
        for c in COMPARISONS
        if c.spread and c.key == "accuracy"
    ]
    for model in ("lenet_fashion_torch", "resnet_fashion_trainer"):
        rows += [("", figure) for figure in accuracy_and_spread(model)]
    for network in ("mlp", "lenet"):
        rows.append(("", str(as_spread(METRICS["recipes"][f"{network}_by_lenet"]))))
    ours = METRICS["titanic"]
    rows += [
        ("", f"{value:.{digits}f}")
        for key, digits in [("", 4), ("", 2), ("_low", 3), ("_high", 3)]
        for value in [ours[f"accuracy{key}"]]
    ]
    counts = [len(COMPARISONS), *(judged for _, _, judged in tally(COMPARISONS))]
    return rows + [("", f" {count} ") for count in counts]


def results() -> list[Row]:
    """Return what docs/results.md quotes."""
    rows = [
        (f"| `{c.subject}` | {c.figure} |", f"| {figures(c)} |")
        for c in COMPARISONS
        if c.spread
    ]
    rows += [
        (f"| `{model}` |", f"| {' | '.join(accuracy_and_spread(model))} |")
        for model in OURS
    ]
    spreads = {k: as_spread(v) for k, v in METRICS["recipes"].items()}
    return rows + [
        ("| ", f"| {spreads[f'mlp_by_{cell}']} | {spreads[f'lenet_by_{cell}']} |")
        for cell in ("mlp", "mlp_permuted", "lenet", "lenet_permuted")
    ]


def titanic() -> list[Row]:
    """Return what docs/titanic.md quotes."""
    ours, leaky = METRICS["titanic"], METRICS["titanic_leaky"]
    rows = [
        ("| ", f"| {leaky[f'leaky_{key}']:.5f} | {ours[key]:.5f} |") for key in TITANIC
    ]
    rows += [
        ("| ", f"| {leaky[f'leaky_validation_{key}']:.5f} | {ours[key]:.5f} |")
        for key in ("rmse", "r2")
    ]
    counts = ", ".join(str(ours[key]) for key in ("tp", "tn", "fp", "fn"))
    rows += [("| ", f"| {counts} |"), ("", f"{ours['cv_auc']:.4f}")]
    for rung in METRICS["titanic_ladder"]["rungs"].values():
        accuracy = f"{rung['accuracy']:.4f} ± {rung['accuracy_se']:.4f}"
        loss = f"{rung['log_loss']:.4f}" if "log_loss" in rung else "–"
        difference = f"{rung['difference']:+.4f} ± {rung['difference_se']:.4f}"
        interval = f"{rung['holdout_low']:.3f} to {rung['holdout_high']:.3f}"
        holdout = f"{rung['holdout_accuracy']:.4f}, {interval}"
        rows.append(("| ", f"| {accuracy} | {loss} | {difference} | {holdout} |"))
    return rows


def hub() -> list[Row]:
    """Return what docs/hub.md quotes."""
    rows = [("", figure) for figure in accuracy_and_spread("resnet_fashion_trainer")]
    content, _ = hugging_face.chapter(read_json(ROOT / "docs/speed.json"))
    for way in content["hugging_face"]["ways"]:
        accuracy, _ = accuracy_and_spread(way["model"])
        rows.append(("| ", f"| {way['lines']} | {way['seconds']:.2f} | {accuracy} |"))
    return rows


def figures(comparison: Comparison) -> str:
    """Return the book's figure, the seeds', where the book's lies among them, and seed 0's."""
    c = comparison
    cells = c.book or "–", c.expected, c.book_lies or "–", c.ours_in_words
    return " | ".join(cells)


def accuracy_and_spread(model: str) -> tuple[str, str]:
    """Return a model's accuracy on its test set, and that of its seeds."""
    name = f"test/{model}"
    spread = spread_of(METRICS, name, "accuracy")
    return f"{METRICS[name]['accuracy']:.4f}", str(spread)


if __name__ == "__main__":
    main()
