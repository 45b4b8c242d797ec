"""From a model's block in params.yaml to what trains it."""

import os

import numpy as np
import torch
from torch import Tensor

import concise.models
import concise.sgd
import scratch.sgd
from pipeline.errors import UserError
from pipeline.inputs import Part
from pipeline.params import GradientModel
from scratch.mlp import MLP
from scratch.softmax_regression import SoftmaxRegression

MODELS = {
    ("softmax", "scratch"): SoftmaxRegression,
    ("softmax", "torch"): concise.models.softmax_regression,
    ("mlp", "scratch"): MLP,
    ("mlp", "torch"): concise.models.mlp,
}
MAX_THREADS = 1024
DEVICES = ["cpu", "cuda"]  # others lack float64, or the same bytes every time
OPTIMIZERS = {"scratch": scratch.sgd.SGD, "torch": concise.sgd.SGD}


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


def as_tensors(part: Part, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return features and targets as they are, on the device."""
    features, targets = (torch.from_numpy(array).to(device) for array in part)
    return features, targets


def build(
    block: GradientModel,
    sizes: list[int],
    device: torch.device,
    generator: torch.Generator,
):
    """Return a model of the block's kind and of these layer sizes, on the device.

    The initial weights come from the generator, on the CPU, so that every device starts
    with the same ones.
    """
    model = MODELS[block.kind, block.how](
        sizes, block.init_std, getattr(torch, block.dtype), generator
    )
    for parameter in model.parameters():
        parameter.data = parameter.data.to(device)
    return model


def layers(model) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the weight and bias of each of a model's layers, as arrays."""
    arrays = [parameter.detach().cpu().numpy() for parameter in model.parameters()]
    return list(zip(arrays[::2], arrays[1::2], strict=True))
