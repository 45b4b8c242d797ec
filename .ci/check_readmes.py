"""Fail if a README's results aren't the committed metrics', or its code not the other's.

On a clean clone; after a `make repro` elsewhere the metrics may be another processor's.
"""

import json
import re
import sys
from itertools import zip_longest
from pathlib import Path

from stages.pages.book import read_comparisons, read_spread
from stages.report import hugging_face

ROOT = Path(__file__).parents[1]
TITANIC = ("accuracy", "precision", "recall", "f1", "auc", "log_loss", "threshold")


def main() -> None:
    rows = {
        (
            f"| `{c.subject}` |",
            f"| {c.book or '–'} | {c.ours_in_words} | {c.expected} | {c.book_lies or '–'} |",
        )
        for c in read_comparisons()
        if c.spread
    }
    honest = json.loads((ROOT / "metrics/titanic.json").read_text())
    leaky = json.loads((ROOT / "metrics/titanic_leaky.json").read_text())
    rows |= {
        ("| ", f"| {leaky[f'leaky_{key}']:.5f} | {honest[key]:.5f} |")
        for key in TITANIC
    }
    lenet = json.loads((ROOT / "metrics/test/lenet_fashion_torch.json").read_text())
    spread = read_spread(Path("metrics/test/lenet_fashion_torch.json"), "accuracy")
    rows.add(("`lenet_fashion_torch`", f"{lenet['accuracy']:.4f}"))
    rows.add(("", str(spread)))
    ladder = json.loads((ROOT / "metrics/titanic_ladder.json").read_text())["rungs"]
    for rung in ladder.values():
        accuracy = f"{rung['accuracy']:.4f} ± {rung['accuracy_se']:.4f}"
        loss = f"{rung['log_loss']:.4f}" if "log_loss" in rung else "–"
        difference = f"{rung['difference']:+.4f} ± {rung['difference_se']:.4f}"
        holdout = f"{rung['holdout_accuracy']:.4f}, {rung['holdout_low']:.3f} "
        rows.add(("| ", f"| {accuracy} | {loss} | {difference} | {holdout}"))
    for way in hugging_face()["ways"]:
        test = json.loads((ROOT / f"metrics/test/{way['model']}.json").read_text())
        figures = f"{way['lines']} | {way['seconds']:.2f} | {test['accuracy']:.4f}"
        rows.add(("| ", f"| {figures} |"))
    resnet = json.loads((ROOT / "metrics/test/resnet_fashion_trainer.json").read_text())
    rows.add(("", f"{resnet['accuracy']:.4f}"))
    readmes = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in ("README.md", "README.zh-CN.md")
    }
    failures = [
        f"{name} has no row {start} … {end}"
        for name, text in readmes.items()
        for start, end in sorted(rows)
        if not any(line.startswith(start) and end in line for line in text.splitlines())
    ]
    english, chinese = (code_blocks(text) for text in readmes.values())
    failures += [
        f"only one README has, in this place:\n{one}\nand the other:\n{other}"
        for one, other in zip_longest(english, chinese)
        if one != other
    ]
    if failures:
        sys.exit("\n".join(failures))
    print("the READMEs quote the committed metrics, and show the same code")


def code_blocks(text: str) -> list[str]:
    """Return the commands and files that a README shows, without their comments."""
    blocks = re.findall(r"```(?:sh|yaml|python)\n(.*?)```", text, re.DOTALL)
    return [re.sub(r" +# .*", "", block) for block in blocks]


if __name__ == "__main__":
    main()
