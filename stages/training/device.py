"""Where PyTorch computes, and with how many threads: the same bytes every time."""

import os

import torch

from stages.pipeline.environment import whole_number
from stages.pipeline.errors import UserError
from stages.training.fast import multiply_by_onednn

MAX_THREADS = 1024
MAX_DEFAULT_THREADS = 4  # a batch's products keep no more of them busy
DEVICES = ["cpu", "cuda"]  # others lack float64, or the same bytes every time


def reproducible_device(threads: int | None = 1) -> torch.device:
    """Return the device named by DEVICE (default cpu), set to give the same bytes always.

    Args:
        threads: how many; None for one a core, up to MAX_DEFAULT_THREADS, or its share of
            them where torchrun started several processes. THREADS says otherwise. Where
            other work wants the cores, too, several are slow: they wait for each other
            after every product.

    Raises:
        UserError: DEVICE, THREADS or ARITHMETIC names nothing that there is here.
    """
    arithmetic = os.environ.get("ARITHMETIC")
    if arithmetic not in (None, "", "fast"):
        raise UserError(f"ARITHMETIC must be fast or not set, got {arithmetic!r}")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # use_deterministic_algorithms does the same, and imports torch.compile's seconds
    torch.set_deterministic_debug_mode("error")
    # nor fill with NaN what is about to be written to anyway
    torch.utils.deterministic.fill_uninitialized_memory = False
    share = (os.cpu_count() or 1) // whole_number("LOCAL_WORLD_SIZE", 1, 2**16, 1)
    by_default = threads or min(max(share, 1), MAX_DEFAULT_THREADS)
    wanted = whole_number("THREADS", 1, MAX_THREADS, by_default)
    device = os.environ.get("DEVICE", "cpu")
    if device.partition(":")[0] not in DEVICES:
        raise UserError(f"DEVICE must be {' or '.join(DEVICES)}, got {device!r}")
    if arithmetic:
        multiply_by_onednn()
    torch.set_num_threads(wanted)
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"DEVICE={device} can't be used here: {error}") from error
