"""The multilayer perceptron by torch.nn. Chapter 7 of the book."""

from itertools import pairwise

import torch
from torch import nn

from .softmax_regression import linear_layer


class MLP(nn.Sequential):
    """flatten → linear → ReLU → … → linear; arguments and initial weights as the hand-written one's."""

    def __init__(
        self,
        sizes: list[int],
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            layers += [linear_layer(inputs, outputs, std, dtype, generator), nn.ReLU()]
        super().__init__(*layers[:-1])
