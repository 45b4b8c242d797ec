"""How fast the project is, against what people write instead, side by side in one run.

Every group of rows is measured in turn, round after round; a figure is the median of the
rounds, a ratio is of medians. References are written as their authors would write them and
run with their own defaults. What is ours runs as `dvc repro` runs it; all keep to AVX2, but
for JAX and Keras, which are processes of their own.
"""

import argparse
import json
import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.measure import table
from byhand.pipeline.runner import prepare

ROOT = Path(__file__).parents[1]
PARTS = ["training", "gpu", "samples", "growth", "pipeline"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", help=f"of {', '.join(PARTS)} (all)", metavar="part"
    )
    parser.add_argument("--rounds", type=int, default=3, help="of a measurement (3)")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if not (ROOT / "data/FashionMNIST/raw").exists():
        sys.exit("no data yet: make repro gets it")

    sys.stdout.reconfigure(errors="replace")  # ASCII has no ×
    prepare()  # before packages that compute are imported
    start = time.perf_counter()
    print(f"{machine()}\n")
    results = []
    for part in arguments.parts or PARTS:
        groups = import_module(f"benchmarks.{part}").groups
        for group in groups(ROOT, arguments.rounds):
            print(table(group), flush=True)
            results.append(group._asdict())
    print(f"{time.perf_counter() - start:.0f} s in all")
    if arguments.json:
        record = {"machine": machine(), "groups": results}
        arguments.json.write_text(json.dumps(record, indent=2) + "\n")


def machine() -> str:
    """Return the processor, its cores, and the versions that matter."""
    import torch

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model n")]
        model = names[0].partition(": ")[2] if names else model
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{model}, {os.cpu_count()} cores, {gpu}; Python {platform.python_version()}, "
        f"PyTorch {torch.__version__}"
    )


if __name__ == "__main__":
    main()
