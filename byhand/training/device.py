"""Where PyTorch computes, and with how many threads: the same bytes every time."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from byhand.pipeline.environment import whole_number
from byhand.pipeline.errors import UserError, first_line

MAX_THREADS = 1024
MAX_DEFAULT_THREADS = 4  # a batch's products keep no more of them busy
OUT_OF_MEMORY = ["out of memory", "can't allocate memory", "ALLOC_FAILED"]
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
    name = os.environ.get("DEVICE", "cpu")
    if name.partition(":")[0] not in DEVICES:
        raise UserError(f"DEVICE must be {' or '.join(DEVICES)}, got {name!r}")
    torch.set_num_threads(wanted)
    try:
        device = torch.device(name)
        if device.type == "cuda":
            device = current_gpu(device.index)
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"DEVICE={name} can't be used here: {first_line(error)}"
        ) from error


def current_gpu(number: int | None) -> torch.device:
    """Make a GPU the current one, and return it.

    number: counted from 0; None for the first, or under torchrun the one for LOCAL_RANK.

    Raises:
        UserError: there are fewer GPUs.
    """
    count = torch.cuda.device_count()
    if number is None:
        number = whole_number("LOCAL_RANK", 0, 2**16, 0) % max(count, 1)
    elif 0 < count <= number:
        raise UserError(
            f"DEVICE=cuda:{number} can't be used here: there is no cuda:{number}, the last "
            f"GPU is cuda:{count - 1}"
        )
    torch.cuda.set_device(number)
    return torch.device("cuda", number)


def replays(device: torch.device) -> bool:
    """Return whether training on this device replays its steps; see replay.py."""
    return device.type == "cuda" and os.environ.get("REPLAY") != "0"


@contextmanager
def enough_memory() -> Iterator[None]:
    """Turn a lack of memory for tensors, on the GPU or not, into a sentence."""
    try:
        yield
    except RuntimeError as error:  # the CPU's allocator raises nothing narrower
        if not any(words in str(error) for words in OUT_OF_MEMORY):
            raise
        asked = re.search(r"ried to allocate ([\d.]+ \w+)", str(error))
        why = f"PyTorch asked for {asked[1]} more" if asked else first_line(error)
        raise UserError(
            f"there is not enough memory for the model, its data and a batch: {why}; a "
            "smaller model, or in training a smaller batch_size, needs less"
        ) from error
