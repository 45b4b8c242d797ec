"""The matrix products of an epoch, and nothing else: what multiplies so can't be faster.

Run as a program, it multiplies by one of the libraries here, with all that the processor has,
and prints the seconds.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from benchmarks.peers.rows import unbound

ROWS, REPEATS = 60_000, 3  # of Fashion-MNIST; the fastest of the repeats counts
Product = Callable[[Tensor, Tensor], object]


def by_openblas(left: Tensor, right: Tensor) -> np.ndarray:
    """Multiply as NumPy does."""
    return left.numpy() @ right.numpy()


def by_onednn(left: Tensor, right: Tensor) -> Tensor:
    """Multiply as PyTorch's convolutions do; it has no public way to ask for that."""
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

    def multiply(values: list[Tensor]) -> None:
        for layer, weight in enumerate(weights):
            product(weight, values[layer].T)
            product(values[layer + 1].T, values[layer])
            if layer:
                product(values[layer + 1], weight)

    calls = [partial(multiply, values) for values in steps]
    if device.type == "cuda":
        calls = [recorded(call) for call in calls]

    def epoch() -> None:
        for call in [calls[0]] * full + [calls[1]]:
            call()
        if device.type == "cuda":
            torch.cuda.synchronize()

    return epoch


def recorded(call: Callable[[], None]) -> Callable[[], None]:
    """Return a function that replays a call as one CUDA graph, as our loop replays a step."""
    from byhand.training.replay import record

    call()  # cuBLAS sets itself up
    return partial(replay, record(call), call)


def replay(graph: torch.cuda.CUDAGraph, call: Callable[[], None]) -> None:
    """Replay a graph. Its call is kept, since the graph reads the call's tensors."""
    graph.replay()


def unbound_seconds(library: str, sizes: list[int], batch_size: int) -> float:
    """Return the seconds of an epoch's products by a library that nothing holds to AVX2."""
    words = map(str, [library, batch_size, *sizes])
    command = [sys.executable, "-m", "benchmarks.products", *words]
    return float(subprocess.check_output(command, env=unbound()))


def main() -> None:
    library, *numbers = sys.argv[1:]
    batch_size, *sizes = map(int, numbers)
    cpu = torch.device("cpu")
    epoch = matrix_products(sizes, batch_size, cpu, LIBRARIES[library])
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        epoch()
        times.append(time.perf_counter() - start)
    print(min(times))


if __name__ == "__main__":
    main()
