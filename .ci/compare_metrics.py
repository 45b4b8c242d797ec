"""Fail if a metric differs from the committed one by more than another machine explains.

Processors of one maker give the same bytes, see byhand/pipeline/outputs.py; another maker's
round differently, which moves a model as another seed would: so its figures may lie three
standard deviations of the seeds (metrics/seeds) from the committed ones. Titanic's ladder
may move by its standard errors. Everything else must be the same, but for what follows
from those figures: the loss on the test set.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

from byhand.pages.book import spread_of
from byhand.pages.results import read_metrics

METRICS = read_metrics(Path("metrics"))
LADDER = Path("metrics/titanic_ladder.json")
SAME_SCALE = {"macro_f1": "accuracy"}  # what scatters as another figure does
FOLLOWS = "loss"  # on the test set: what a wrong row costs has no bound


def main() -> None:
    dvc = Path(sys.executable).with_name("dvc")
    output = subprocess.run(
        [dvc, "metrics", "diff", "HEAD", "--json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    failures = []
    for path, metrics in json.loads(output).items():
        for metric, change in metrics.items():
            allowed = tolerance(Path(path), metric)
            moved = change.get("diff")
            if change["old"] != change["new"] and not (moved and abs(moved) <= allowed):
                failures.append(
                    f"{path}: {metric} was {change['old']}, is {change['new']}, "
                    f"may move by {allowed:.2g}"
                )
    if failures:
        sys.exit("\n".join(failures))
    print("the metrics are the committed ones, to within what another machine explains")


def tolerance(path: Path, metric: str) -> float:
    """Return by how much a metric may differ from the committed one."""
    if path == LADDER and metric.startswith("rungs."):
        _, rung, _ = metric.split(".")
        return METRICS["titanic_ladder"]["rungs"][rung]["accuracy_se"]
    if path.parent.name == "test" and metric == FOLLOWS:
        return math.inf
    name = path.relative_to("metrics").with_suffix("").as_posix()
    spread = spread_of(METRICS, name, SAME_SCALE.get(metric, metric))
    return 3 * spread.std if spread else 0.0


if __name__ == "__main__":
    main()
