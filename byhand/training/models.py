"""From a model's block to the model, and to its file and back."""

from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_arrays
from byhand.training.blocks import GradientModel


def find(how: str, name: str) -> type:
    """Return the class in byhand/HOW/NAME.py that is called like the file.

    name is a kind of model, or sgd for the optimizer of a way. A UserError says that the
    file has no such class.
    """
    module = import_module(f"byhand.{how}.{name}")
    for key, value in vars(module).items():
        if isinstance(value, type) and key.lower() == name.replace("_", ""):
            return value
    raise UserError(f"byhand/{how}/{name}.py has no class that is called like the file")


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
    model = find(block.how, block.kind)(
        **block.arguments(shape, classes),
        dtype=getattr(torch, block.dtype),
        generator=generator,
    )
    for tensor in tensors(model).values():
        tensor.data = tensor.data.to(device)
    return model


def tensors(model) -> dict[str, Tensor]:
    """Return a model's parameters by name, and buffers, such as batch-norm statistics."""
    if isinstance(model, nn.Module):
        return model.state_dict(keep_vars=True)
    return dict(model.named_parameters())


def arrays(model) -> dict[str, np.ndarray]:
    """Return a model's tensors by name, as they go into its file."""
    return {name: t.detach().cpu().numpy() for name, t in tensors(model).items()}


def read_model(path: Path, model) -> None:
    """Give a model the tensors in a file, or raise a UserError if the file has others."""
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
