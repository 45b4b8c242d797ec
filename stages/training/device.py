"""Where PyTorch computes, and with how many threads: the same bytes every time."""

import os

import torch

from stages.pipeline.errors import UserError

MAX_THREADS = 1024
DEVICES = ["cpu", "cuda"]  # others lack float64, or the same bytes every time


def reproducible_device() -> torch.device:
    """Return the device named by DEVICE (default cpu), set to give the same bytes always.

    On the CPU the bytes depend on the number of threads: THREADS (default 1), whatever
    the number of cores. Two are at best 1.6 times as fast for models of this size, and
    when other work wants the cores, 2.6 times as slow: they wait for each other after
    every product.

    Raises:
        UserError: DEVICE or THREADS names nothing that PyTorch has here.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # use_deterministic_algorithms does the same, and imports torch.compile's seconds
    torch.set_deterministic_debug_mode("error")
    # nor fill with NaN what is about to be written to anyway
    torch.utils.deterministic.fill_uninitialized_memory = False
    threads, device = os.environ.get("THREADS", "1"), os.environ.get("DEVICE", "cpu")
    if not (threads.isdecimal() and 1 <= int(threads) <= MAX_THREADS):
        raise UserError(
            f"THREADS must be a whole number from 1 to {MAX_THREADS}, got {threads!r}"
        )
    if device.partition(":")[0] not in DEVICES:
        raise UserError(f"DEVICE must be {' or '.join(DEVICES)}, got {device!r}")
    torch.set_num_threads(int(threads))
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"DEVICE={device} can't be used here: {error}") from error
