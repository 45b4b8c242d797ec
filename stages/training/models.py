"""From a model's block to the model, to what trains it, and to its file and back."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

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
from stages.pipeline.files import read_arrays
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
    if block.how == "trainer":
        from stages.training import trainer  # takes seconds to import

        model = trainer.build(block, shape, classes, generator)
    else:
        model = MODELS[block.kind, block.how](
            **block.arguments(shape, classes),
            dtype=getattr(torch, block.dtype),
            generator=generator,
        )
    for tensor in tensors(model).values():
        tensor.data = tensor.data.to(device)
    return model


def tensors(model) -> dict[str, Tensor]:
    """Return a model's parameters by name, and what else it learnt, as of torch.nn's some do."""
    if isinstance(model, nn.Module):
        return model.state_dict(keep_vars=True)
    return dict(model.named_parameters())


def optimizer(block: GradientModel, model):
    """Return what trains a model, as its block says."""
    return OPTIMIZERS[block.how](
        model, block.lr, block.momentum, block.schedule, block.epochs
    )


def arrays(model) -> dict[str, np.ndarray]:
    """Return a model's tensors by name, as they go into its file."""
    return {name: t.detach().cpu().numpy() for name, t in tensors(model).items()}


def read_model(path: Path, model) -> None:
    """Give a model the tensors in a file, and make it ready to be used.

    Raises:
        UserError: the file holds something else.
    """
    written, parameters = read_arrays(path), tensors(model)
    found, expected = (
        {name: tuple(values.shape) for name, values in named.items()}
        for named in (written, parameters)
    )
    for name in sorted({**found, **expected}):
        if found.get(name) != expected.get(name):
            raise UserError(
                f"{path}: {name} is {found.get(name, 'not there')}, expected "
                f"{expected.get(name, 'nothing of that name')}"
            )
    for name, values in written.items():
        parameters[name].data.copy_(torch.from_numpy(values))
    if isinstance(model, nn.Module):
        model.eval()
