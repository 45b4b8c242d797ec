"""Where PyTorch computes, and with how many threads: the same bytes every time."""

import os

import torch

from byhand.pipeline.environment import whole_number
from byhand.pipeline.errors import UserError

MAX_THREADS = 1024
MAX_DEFAULT_THREADS = 4  # a batch's products keep no more of them busy
DEVICES = ["cpu", "cuda"]  # others lack float64, or the same bytes every time


def reproducible_device(threads: int | None = 1) -> torch.device:
    """Return the device named by DEVICE (default cpu), set to give the same bytes always.

    Args:
        threads: how many; None for one a core, up to MAX_DEFAULT_THREADS. torchrun's
            processes share the cores. THREADS overrides both. Several threads are slow
            where other work wants the cores: they wait for each other after every product.

    Raises:
        UserError: DEVICE or THREADS asks for something that is not there.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # use_deterministic_algorithms does the same, but imports torch.compile for seconds
    torch.set_deterministic_debug_mode("error")
    # new memory is written to anyway: do not fill it with NaN first
    torch.utils.deterministic.fill_uninitialized_memory = False
    share = (os.cpu_count() or 1) // whole_number("LOCAL_WORLD_SIZE", 1, 2**16, 1)
    by_default = threads or min(max(share, 1), MAX_DEFAULT_THREADS)
    wanted = whole_number("THREADS", 1, MAX_THREADS, by_default)
    device = os.environ.get("DEVICE", "cpu")
    if device.partition(":")[0] not in DEVICES:
        raise UserError(f"DEVICE must be {' or '.join(DEVICES)}, got {device!r}")
    torch.set_num_threads(wanted)
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"DEVICE={device} can't be used here: {error}") from error
