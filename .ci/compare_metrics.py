"""Fail if a metric differs from the committed one by more than another machine explains.

Processors of one maker give the same bytes, see pipeline/arithmetic.py; another maker's
round differently. Most metrics hardly notice: other instructions (SSE 4.2 instead of AVX)
or two threads instead of one moved none by more than 0.0009. The models of ROUGH amplify
rounding, since their batches are never shuffled and their steps are long: those
instructions moved accuracies by 0.04. Theirs must be what a right reproduction gives.
"""

import json
import subprocess
import sys
from pathlib import Path

from stages.pages.book import read_comparisons

ROOT = Path(__file__).parents[1]
TOLERANCE = 0.005
ROUGH = {"softmax_clusters_scratch", "softmax_xor_scratch", "mlp_xor_scratch"}


def main() -> None:
    dvc = Path(sys.executable).with_name("dvc")
    output = subprocess.run(
        [dvc, "metrics", "diff", "HEAD", "--json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    diff = json.loads(output)
    failures = [
        f"{path}: {metric} was {change['old']}, is {change['new']}"
        for path, metrics in diff.items()
        for metric, change in metrics.items()
        if Path(path).stem not in ROUGH
        and not abs(change.get("diff", float("nan"))) <= TOLERANCE
    ]
    if any(Path(path).stem in ROUGH for path in diff):
        failures += [
            f"{c.subject}: {c.figure} is {c.ours}, expected {c.expected}"
            for c in read_comparisons()
            if c.subject in ROUGH and not c.is_right
        ]
    if failures:
        sys.exit("\n".join([f"metrics moved by more than {TOLERANCE}:", *failures]))
    print(f"the metrics are the committed ones, to within {TOLERANCE} or their range")


if __name__ == "__main__":
    main()
