"""Softmax regression and the multilayer perceptron by torch.nn. Chapters 5 and 7 of the book.

Both take the arguments of their hand-written counterparts in `scratch` and, from the
same generator, start with the same weights.
"""

from itertools import pairwise

import torch
from torch import nn


def softmax_regression(
    sizes: list[int], std: float, dtype: torch.dtype, generator: torch.Generator
) -> nn.Sequential:
    """Return flatten → linear, for sizes [inputs, classes]."""
    inputs, classes = sizes
    return nn.Sequential(
        nn.Flatten(), linear_layer(inputs, classes, std, dtype, generator)
    )


def mlp(
    sizes: list[int], std: float, dtype: torch.dtype, generator: torch.Generator
) -> nn.Sequential:
    """Return flatten → linear → ReLU → … → linear, for sizes [inputs, *hidden, classes]."""
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(sizes):
        layers += [linear_layer(inputs, outputs, std, dtype, generator), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def linear_layer(
    inputs: int,
    outputs: int,
    std: float,
    dtype: torch.dtype,
    generator: torch.Generator,
) -> nn.Linear:
    """Return a linear layer with weights drawn from N(0, std²) and biases 0."""
    linear = nn.Linear(inputs, outputs, dtype=dtype)
    nn.init.normal_(linear.weight, std=std, generator=generator)
    nn.init.zeros_(linear.bias)
    return linear
