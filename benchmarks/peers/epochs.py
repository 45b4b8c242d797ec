"""What the peers' scripts share: Fashion-MNIST as arrays, and an epoch for each line read."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LR, BATCH_SIZE, STD = 0.1, 256, 0.01
# by the names of the benchmark, which has these, too
SIZES = {"softmax regression": [784, 10], "the perceptron": [784, 256, 10]}

Train = Callable[
    [], tuple[float, float, float]
]  # an epoch: seconds, mean loss, accuracy
Test = Callable[[], float]  # the accuracy
Arrays = tuple[np.ndarray, np.ndarray]


def read_part(raw: Path, part: str) -> Arrays:
    """Return images (n, 784), uint8, and targets (n,), int32, of an IDX pair."""
    images = np.frombuffer((raw / f"{part}-images-idx3-ubyte").read_bytes(), np.uint8)
    targets = np.frombuffer((raw / f"{part}-labels-idx1-ubyte").read_bytes(), np.uint8)
    return images[16:].reshape(-1, 784), targets[8:].astype(np.int32)


def as_floats(part: Arrays) -> Arrays:
    """Return a part with its images as float32 of 0 to 1."""
    images, targets = part
    return images.astype(np.float32) / 255, targets


def answer(
    make: Callable[[list[int], Any, Any], tuple[Train, Test]],
    prepare: Callable[[Arrays], Any] = as_floats,
) -> None:
    """Train an epoch for each line on stdin, a key of SIZES, and say on stdout how it went.

    The seconds are the training's alone, as ours are. An empty object says that all is
    compiled.

    Args:
        make: makes, of a kind's sizes and both sets, what trains an epoch and what tests.
        prepare: makes a set what `make` takes.
    """
    raw = Path(sys.argv[1])
    sets = [prepare(read_part(raw, part)) for part in ("train", "t10k")]
    models = {name: make(sizes, *sets) for name, sizes in SIZES.items()}
    print("{}", flush=True)
    for line in sys.stdin:
        train, test = models[line.strip()]
        start, cpu_start = time.perf_counter(), time.process_time()
        seconds, loss, accuracy = train()
        cpu, elapsed = time.process_time() - cpu_start, time.perf_counter() - start
        said = {
            "seconds": seconds,
            "cores": cpu / elapsed,
            "train_loss": loss,
            "train_acc": accuracy,
            "test_acc": test(),
        }
        print(json.dumps(said), flush=True)
