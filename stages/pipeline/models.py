"""From a model's block in params.yaml to a model, and between a model and its file."""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import concise.models
from pipeline.command import UserError
from pipeline.inputs import Dataset, Part, read_model
from pipeline.outputs import write_model
from pipeline.params import GradientModel, SolverModel
from scratch.mlp import MLP
from scratch.sgd import SGD
from scratch.softmax_regression import SoftmaxRegression, cross_entropy

MODELS = {
    ("softmax", "scratch"): SoftmaxRegression,
    ("softmax", "torch"): concise.models.softmax_regression,
    ("mlp", "scratch"): MLP,
    ("mlp", "torch"): concise.models.mlp,
    # scikit-learn finds the weights another way, but it predicts as softmax regression
    ("logistic", "sklearn"): SoftmaxRegression,
}
LOSSES = {"scratch": cross_entropy, "torch": torch.nn.functional.cross_entropy}
OPTIMIZERS = {"scratch": SGD, "torch": torch.optim.SGD}


def reproducible_device() -> torch.device:
    """Return the device named by DEVICE (default cpu), set to give the same bytes always.

    On the CPU the bytes depend on the number of threads: THREADS (default 1), whatever
    the number of cores. One is as fast as two for models of this size, and does not slow
    down when other work wants the cores: threads wait for each other after every product.

    Raises:
        UserError: DEVICE or THREADS names nothing that PyTorch has here.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # use_deterministic_algorithms does the same, and imports torch.compile's seconds
    torch.set_deterministic_debug_mode("error")
    threads, device = os.environ.get("THREADS", "1"), os.environ.get("DEVICE", "cpu")
    try:
        torch.set_num_threads(int(threads))
        return torch.empty(0, device=device).device
    except (ValueError, RuntimeError, AssertionError) as error:
        raise UserError(
            f"DEVICE={device} with THREADS={threads} can't be used here: {error}"
        ) from error


def as_tensors(part: Part, dtype: str, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return features of that dtype, images scaled to [0, 1], and int64 targets."""
    features = torch.from_numpy(part.features).to(device, getattr(torch, dtype))
    if part.features.dtype == np.uint8:
        features /= 255
    return features, torch.from_numpy(part.targets).to(device)


def build(
    block: GradientModel | SolverModel,
    dataset: Dataset,
    device: torch.device,
    generator: torch.Generator,
):
    """Return a model of the block's kind, sized for the dataset, on the device.

    The initial weights come from the generator, on the CPU, so that every device starts
    with the same ones.
    """
    inputs = int(np.prod(dataset.train.features.shape[1:]))
    sizes = [inputs, *block.hidden, len(dataset.class_names)]
    model = MODELS[block.kind, block.how](
        sizes, block.init_std, getattr(torch, block.dtype), generator
    )
    for parameter in model.parameters():
        parameter.data = parameter.data.to(device)
    return model


def save(path: Path, parameters: list[Tensor]) -> None:
    """Write a model's parameters, [weight, bias] of each layer, as safetensors."""
    arrays = (parameter.detach().cpu().numpy() for parameter in parameters)
    write_model(path, dict(zip(tensor_names(len(parameters)), arrays, strict=True)))


def restore(path: Path, parameters: list[Tensor]) -> None:
    """Fill a model's parameters with what `save` wrote.

    Raises:
        UserError: the file is not the file of such a model.
    """
    names = tensor_names(len(parameters))
    shapes = {n: tuple(p.shape) for n, p in zip(names, parameters, strict=True)}
    arrays = read_model(path, shapes)
    with torch.no_grad():
        for name, parameter in zip(names, parameters, strict=True):
            parameter.copy_(torch.from_numpy(arrays[name]))


def tensor_names(count: int) -> list[str]:
    """Return layer1.weight, layer1.bias, layer2.weight, …"""
    return [f"layer{i // 2 + 1}.{('weight', 'bias')[i % 2]}" for i in range(count)]
