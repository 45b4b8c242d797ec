"""The matrix products of an epoch, and nothing else: no training can be faster.

Run as a program, it multiplies by every library here, each with all that the processor has,
AVX-512 as well, and prints their seconds as JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from stages.pipeline.arithmetic import AVX2

ROWS, REPEATS = 60_000, 3  # of Fashion-MNIST; the fastest of the repeats counts
Product = Callable[[Tensor, Tensor], object]


def by_openblas(left: Tensor, right: Tensor) -> np.ndarray:
    """Multiply as NumPy does."""
    return left.numpy() @ right.numpy()


def by_onednn(left: Tensor, right: Tensor) -> Tensor:
    """Multiply by the library that PyTorch has for convolutions, which is not public here."""
    linear = torch.ops.mkldnn._linear_pointwise
    return linear(left, right.T, None, "none", [], "")


LIBRARIES = {"MKL": torch.mm, "OpenBLAS": by_openblas, "oneDNN": by_onednn}


def matrix_products(
    sizes: list[int],
    batch_size: int,
    device: torch.device,
    product: Product = torch.mm,
) -> Callable[[], None]:
    """Return the products of each step of an epoch.

    Forward, one a layer; backward, one a layer for its weight and, but for the first, one
    for what goes further back. Few outputs are multiplied the way round that is faster.
    """
    weights = [
        torch.rand(outputs, inputs, device=device)
        for inputs, outputs in pairwise(sizes)
    ]
    full, rest = divmod(ROWS, batch_size)
    steps = [
        [torch.rand(rows, s, device=device) for s in sizes]
        for rows in (batch_size, rest)
    ]

    def epoch() -> None:
        for values in [steps[0]] * full + [steps[1]]:
            for layer, weight in enumerate(weights):
                product(weight, values[layer].T)
                product(values[layer + 1].T, values[layer])
                if layer:
                    product(values[layer + 1], weight)
        if device.type == "cuda":
            torch.cuda.synchronize()

    return epoch


def by_the_fastest(sizes: list[int], batch_size: int) -> float:
    """Return the seconds of an epoch's products by the fastest library, and say which it is."""
    output = subprocess.check_output(
        [sys.executable, "-m", "benchmarks.products", *map(str, [batch_size, *sizes])],
        env={name: value for name, value in os.environ.items() if name not in AVX2},
    )
    seconds = json.loads(output)
    name = min(seconds, key=seconds.get)
    others = ", ".join(f"{n} {s:.3f} s" for n, s in seconds.items() if n != name)
    print(f"products of {sizes}: fastest by {name}, {seconds[name]:.3f} s; {others}")
    return seconds[name]


def main() -> None:
    batch_size, *sizes = map(int, sys.argv[1:])
    seconds = {}
    for name, product in LIBRARIES.items():
        epoch = matrix_products(sizes, batch_size, torch.device("cpu"), product)
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            epoch()
            times.append(time.perf_counter() - start)
        seconds[name] = min(times)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
