"""What the peers' scripts share: Fashion-MNIST as arrays, and an epoch for each line read."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

LR, BATCH_SIZE, STD = 0.1, 256, 0.01
# by the names of the benchmark
SIZES = {"softmax regression": [784, 10], "the perceptron": [784, 256, 10]}

Train = Callable[
    [], tuple[float, float, float]
]  # an epoch: seconds, mean loss, accuracy
Test = Callable[[], float]  # the accuracy
Arrays = tuple[np.ndarray, np.ndarray]


def read_part(raw: Path, part: str) -> Arrays:
    """Return images (n, 784), float32 of 0 to 1, and targets (n,), int32, of an IDX pair."""
    images = np.frombuffer((raw / f"{part}-images-idx3-ubyte").read_bytes(), np.uint8)
    targets = np.frombuffer((raw / f"{part}-labels-idx1-ubyte").read_bytes(), np.uint8)
    images = images[16:].reshape(-1, 784).astype(np.float32) / 255
    return images, targets[8:].astype(np.int32)


def answer(make: Callable[[list[int], Arrays, Arrays], tuple[Train, Test]]) -> None:
    """Train an epoch for each line on stdin, a key of SIZES, and say on stdout how it went.

    The seconds are the training's alone, as ours are. An empty object says that all is
    compiled.
    """
    raw = Path(sys.argv[1])
    sets = read_part(raw, "train"), read_part(raw, "t10k")
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
