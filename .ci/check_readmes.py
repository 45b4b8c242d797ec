"""Fail if a page's results aren't the committed metrics', a link of it leads nowhere, or the
READMEs don't show the same code.

On a clean clone; after a `make repro` elsewhere the metrics may be another processor's.
"""

import re
import sys
from itertools import zip_longest
from pathlib import Path

from byhand.pages import hugging_face
from byhand.pages.book import Comparison, compare_all, spread_of
from byhand.pages.results import read_metrics, read_rows
from byhand.pipeline.outputs import read_json

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]
TITANIC = ("accuracy", "precision", "recall", "f1", "auc", "log_loss", "threshold")
OURS = ("lenet_fashion_torch", "lenet_fashion_scratch", "resnet_fashion_trainer")

METRICS = read_metrics(ROOT / "metrics")
COMPARISONS = compare_all(read_rows(ROOT / "data/book_figures.csv"), METRICS)

# how a line of a page begins, and what stands in it
Row = tuple[str, str]


def main() -> None:
    pages = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in [*map(ROOT.joinpath, READMES), *sorted(ROOT.glob("docs/*.md"))]
    }
    quoted = dict.fromkeys(READMES, in_brief()) | {
        "docs/results.md": results(),
        "docs/titanic.md": titanic(),
        "docs/hub.md": hub(),
    }
    failures = [
        f"{name} has no row {start} … {end}"
        for name, rows in quoted.items()
        for start, end in rows
        if not any(
            line.startswith(start) and end in line for line in pages[name].splitlines()
        )
    ]
    failures += [
        f"{name}: {link} is no file of the project"
        for name, text in pages.items()
        for link in re.findall(r"(?:\]\(|src(?:set)?=\")(?!http)([^)\"#]+)", text)
        if not (ROOT / name).parent.joinpath(link).exists()
    ]
    failures += [
        f"only one README has, in this place:\n{one}\nand the other:\n{other}"
        for one, other in zip_longest(*(code_blocks(pages[name]) for name in READMES))
        if one != other
    ]
    if failures:
        sys.exit("\n".join(failures))
    print("the pages quote the committed metrics, and the READMEs show the same code")


def in_brief() -> list[Row]:
    """Return what the READMEs quote: test accuracies, and how many figures there are."""
    rows = [
        (f"| `{c.subject}` |", f"| {figures(c)} |")
        for c in COMPARISONS
        if c.spread and c.key == "accuracy"
    ]
    for model in ("lenet_fashion_torch", "resnet_fashion_trainer"):
        rows += [("", figure) for figure in accuracy_and_spread(model)]
    ours = METRICS["titanic"]
    rows += [
        ("", f"{value:.{digits}f}")
        for key, digits in [("", 4), ("", 2), ("_low", 3), ("_high", 3)]
        for value in [ours[f"accuracy{key}"]]
    ]
    judged = [c for c in COMPARISONS if c.is_right is not None]
    return rows + [("", f" {len(some)} ") for some in (judged, COMPARISONS)]


def results() -> list[Row]:
    """Return what docs/results.md quotes."""
    rows = [
        (f"| `{c.subject}` | {c.figure} |", f"| {figures(c)} |")
        for c in COMPARISONS
        if c.spread
    ]
    return rows + [
        (f"| `{model}` |", f"| {' | '.join(accuracy_and_spread(model))} |")
        for model in OURS
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
    """Return the book's figure, ours, the seeds' and where the book's lies among them."""
    c = comparison
    cells = c.book or "–", c.ours_in_words, c.expected, c.book_lies or "–"
    return " | ".join(cells)


def accuracy_and_spread(model: str) -> tuple[str, str]:
    """Return a model's accuracy on its test set, and that of its seeds."""
    name = f"test/{model}"
    spread = spread_of(METRICS, name, "accuracy")
    return f"{METRICS[name]['accuracy']:.4f}", str(spread)


def code_blocks(text: str) -> list[str]:
    """Return the commands and files that a README shows, without their comments."""
    blocks = re.findall(r"```(?:sh|yaml|python)\n(.*?)```", text, re.DOTALL)
    return [re.sub(r" +# .*", "", block) for block in blocks]


if __name__ == "__main__":
    main()
