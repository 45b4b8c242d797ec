"""From a model's block to the model, to what trains it, and to its file and back."""

from pathlib import Path

import torch

import stages.concise.lenet
import stages.concise.mlp
import stages.concise.sgd
import stages.concise.softmax_regression
import stages.scratch.by_autograd
import stages.scratch.lenet
import stages.scratch.mlp
import stages.scratch.sgd
import stages.scratch.softmax_regression
from stages.pipeline.errors import UserError
from stages.pipeline.files import read_arrays, write_arrays
from stages.training.blocks import GradientModel

MODELS = {
    ("softmax", "scratch"): stages.scratch.softmax_regression.SoftmaxRegression,
    ("softmax", "torch"): stages.concise.softmax_regression.SoftmaxRegression,
    ("mlp", "scratch"): stages.scratch.mlp.MLP,
    ("mlp", "torch"): stages.concise.mlp.MLP,
    ("softmax", "autograd"): stages.scratch.by_autograd.SoftmaxRegression,
    ("mlp", "autograd"): stages.scratch.by_autograd.MLP,
    ("lenet", "scratch"): stages.scratch.lenet.LeNet,
    ("lenet", "torch"): stages.concise.lenet.LeNet,
}
OPTIMIZERS = {
    "scratch": stages.scratch.sgd.SGD,
    "autograd": stages.scratch.sgd.SGD,
    "torch": stages.concise.sgd.SGD,
}


def build(
    block: GradientModel,
    shape: tuple[int, ...],
    classes: int,
    device: torch.device,
    generator: torch.Generator | None = None,
):
    """Return a model as its block says, for features of this shape, on the device.

    The initial weights come from the generator, on the CPU, so that every device starts
    with the same ones.
    """
    model = MODELS[block.kind, block.how](
        **block.arguments(shape, classes),
        dtype=getattr(torch, block.dtype),
        generator=generator,
    )
    for _, parameter in model.named_parameters():
        parameter.data = parameter.data.to(device)
    return model


def optimizer(block: GradientModel, model):
    """Return what trains a model, as its block says."""
    return OPTIMIZERS[block.how](
        model, block.lr, block.momentum, block.schedule, block.epochs
    )


def write_model(path: Path, model) -> None:
    """Write a model's parameters under their names."""
    write_arrays(
        path, {k: p.detach().cpu().numpy() for k, p in model.named_parameters()}
    )


def read_model(path: Path, model) -> None:
    """Give a model the parameters in a file.

    Raises:
        UserError: the file holds something else.
    """
    arrays, parameters = read_arrays(path), dict(model.named_parameters())
    found, expected = (
        {name: tuple(values.shape) for name, values in named.items()}
        for named in (arrays, parameters)
    )
    if found != expected:
        raise UserError(f"{path} holds {found}, expected {expected}")
    for name, values in arrays.items():
        parameters[name].data.copy_(torch.from_numpy(values))
