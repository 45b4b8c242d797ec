"""Softmax regression by torch.nn. Chapter 5 of the book."""

import torch
from torch import nn


class SoftmaxRegression(nn.Sequential):
    """flatten → linear; arguments and initial weights as the hand-written one's."""

    def __init__(
        self,
        sizes: list[int],
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        inputs, classes = sizes
        super().__init__(
            nn.Flatten(), linear_layer(inputs, classes, std, dtype, generator)
        )


def linear_layer(
    inputs: int,
    outputs: int,
    std: float,
    dtype: torch.dtype,
    generator: torch.Generator | None,
) -> nn.Linear:
    """Return a linear layer with weights drawn from N(0, std²) and biases 0."""
    linear = nn.Linear(inputs, outputs, dtype=dtype)
    nn.init.normal_(linear.weight, std=std, generator=generator)
    nn.init.zeros_(linear.bias)
    return linear
