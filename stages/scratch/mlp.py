"""The multilayer perceptron: linear layers with ReLU between them. Chapter 6 of the book."""

from itertools import pairwise

import torch
from torch import Tensor

from scratch.softmax_regression import linear_layer


def relu(values: Tensor) -> Tensor:
    """Return max(values, 0), elementwise, same shape and dtype.

    The gradient at exactly 0 is 0, as PyTorch's own.
    """
    return values.clamp_min(0)


class MLP:
    """A multilayer perceptron with any number of hidden layers.

    Args:
        sizes: [inputs, *hidden, classes]; without hidden sizes it is softmax regression.
        std: standard deviation of the initial weights.
        dtype: of weights, biases and the features it will be given.
        generator: source of the initial weights, drawn from the first layer to the last.
    """

    def __init__(
        self,
        sizes: list[int],
        std: float,
        dtype: torch.dtype,
        generator: torch.Generator,
    ):
        self.layers = [
            linear_layer(inputs, outputs, std, dtype, generator)
            for inputs, outputs in pairwise(sizes)
        ]

    def __call__(self, features: Tensor) -> Tensor:
        """Map features (rows, ...), flattened to (rows, inputs), to logits."""
        *hidden_layers, (weight, bias) = self.layers
        hidden = features.flatten(1)
        for hidden_weight, hidden_bias in hidden_layers:
            hidden = relu(hidden @ hidden_weight.T + hidden_bias)
        return hidden @ weight.T + bias

    def parameters(self) -> list[Tensor]:
        """Return [weight, bias] of the first layer, then of the second, and so on."""
        return [parameter for layer in self.layers for parameter in layer]
