"""Fail if a table of results in a README isn't what the committed metrics say.

On a clean clone; after a `make repro` elsewhere the metrics may be another processor's.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "stages"))

from pages.book import read_comparisons

TITANIC = ("accuracy", "precision", "recall", "f1", "auc", "log_loss", "threshold")


def main() -> None:
    rows = {
        (f"| `{c.subject}` |", f"| {c.book or '–'} | {c.ours_in_words} |")
        for c in read_comparisons()
        if c.figure in ("train loss", "train accuracy", "test accuracy")
    }
    honest = json.loads((ROOT / "metrics/titanic.json").read_text())
    leaky = json.loads((ROOT / "metrics/titanic_leaky.json").read_text())
    rows |= {
        ("| ", f"| {leaky[f'leaky_{key}']:.5f} | {honest[key]:.5f} |")
        for key in TITANIC
    }
    failures = [
        f"{path.name} has no row {start} … {end}"
        for path in sorted(ROOT.glob("README*.md"))
        for start, end in sorted(rows)
        if not any(
            line.startswith(start) and end in line
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    ]
    if failures:
        sys.exit("\n".join(failures))
    print("the READMEs quote the committed metrics")


if __name__ == "__main__":
    main()
