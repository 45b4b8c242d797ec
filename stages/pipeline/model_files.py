"""A trained model's file: the weight and bias of each linear layer, as safetensors."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from pipeline.errors import UserError
from pipeline.outputs import write_bytes

Layers = list[tuple[np.ndarray, np.ndarray]]


def write_model(path: Path, layers: Layers) -> None:
    """Write layer1.weight, layer1.bias, layer2.weight, …

    Args:
        path: of the file.
        layers: weight (outputs, inputs) and bias (outputs,) of each, first to last.
    """
    arrays = {}
    for number, (weight, bias) in enumerate(layers, start=1):
        # save takes the memory as it lies, so rows must lie one after another
        arrays[f"layer{number}.weight"] = np.ascontiguousarray(weight)
        arrays[f"layer{number}.bias"] = np.ascontiguousarray(bias)
    write_bytes(path, save(arrays))


def read_model(path: Path, sizes: list[int]) -> Layers:
    """Read what `write_model` wrote.

    Args:
        path: of the file.
        sizes: [inputs, *hidden, classes] that the model must have.

    Raises:
        UserError: it is not safetensors, or holds something else.
    """
    try:
        arrays = load(path.read_bytes())
    except SafetensorError as error:
        raise UserError(f"{path} is not a safetensors file: {error}") from error
    expected = {}
    for number, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        expected[f"layer{number}.weight"] = (outputs, inputs)
        expected[f"layer{number}.bias"] = (outputs,)
    found = {name: array.shape for name, array in arrays.items()}
    if found != expected:
        raise UserError(f"{path} holds {found}, expected {expected}")
    return [
        (arrays[f"layer{number}.weight"], arrays[f"layer{number}.bias"])
        for number in range(1, len(sizes))
    ]
