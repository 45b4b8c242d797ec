"""From a model's block to the model, and to its tensors and back."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from byhand.pipeline.errors import UserError
from byhand.training.bases import GradientModel
from byhand.training.rooms import find


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


def fill(model, written: dict[str, np.ndarray], path: Path) -> None:
    """Give a model the tensors of a file, or raise a UserError if the file has others."""
    parameters = tensors(model)
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
