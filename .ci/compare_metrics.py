"""Fail if a metric differs from the committed one by more than TOLERANCE.

On the machine that made the committed ones, the bytes are the same. Another processor
rounds differently; rounding differently here (two threads instead of one) moved no metric
by more than 0.0008.
"""

import json
import subprocess
import sys
from pathlib import Path

TOLERANCE = 0.005


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
        if not abs(change.get("diff", float("nan"))) <= TOLERANCE
    ]
    if failures:
        sys.exit("\n".join([f"metrics moved by more than {TOLERANCE}:", *failures]))
    print(f"all metrics are the committed ones, to within {TOLERANCE}")


if __name__ == "__main__":
    main()
