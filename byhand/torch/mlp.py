"""The multilayer perceptron by torch.nn. Chapter 7 of the book."""

from itertools import pairwise

import torch
from torch import nn


class MLP(nn.Sequential):
    """flatten → linear → ReLU → … → linear.

    Args:
        sizes: [inputs, *hidden, classes].
        std: standard deviation of the initial weights; biases start at 0.
        dtype: of weights, biases and features.
        generator: source of the initial weights, from the first layer to the last.
    """

    def __init__(
        self,
        sizes: list[int],
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            linear = nn.Linear(inputs, outputs, dtype=dtype)
            nn.init.normal_(linear.weight, std=std, generator=generator)
            nn.init.zeros_(linear.bias)
            layers += [linear, nn.ReLU()]
        super().__init__(*layers[:-1])
