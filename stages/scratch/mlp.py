"""The multilayer perceptron: linear layers with ReLU between them. Chapter 6 of the book."""

from itertools import pairwise

import torch
from torch import Tensor

from stages.scratch.softmax_regression import (
    cross_entropy,
    linear,
    linear_gradients,
    linear_layer,
)


def relu(values: Tensor) -> Tensor:
    """Return max(values, 0), elementwise, same shape and dtype."""
    return values.clamp_min(0)


def relu_gradient(outputs: Tensor, gradient: Tensor) -> Tensor:
    """Return the loss's gradient with respect to relu's input.

    It goes through where the input, and with it the output, was above 0, so that its
    sign is 1, and is 0 elsewhere; at exactly 0, too, as PyTorch's own.

    Args:
        outputs: what relu returned.
        gradient: of the loss with respect to that, same shape.
    """
    return gradient * outputs.sign()


def named(layers: list[tuple[Tensor, Tensor]]) -> list[tuple[str, Tensor]]:
    """Return weight and bias of the first layer, then of the second, and so on."""
    return [
        (f"layer{number}.{name}", parameter)
        for number, layer in enumerate(layers, start=1)
        for name, parameter in zip(("weight", "bias"), layer, strict=True)
    ]


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
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        self.sizes = sizes
        self.layers = [
            linear_layer(inputs, outputs, std, dtype, generator)
            for inputs, outputs in pairwise(sizes)
        ]

    def __repr__(self) -> str:
        return f"MLP({' → '.join(map(str, self.sizes))})"

    def named_parameters(self) -> list[tuple[str, Tensor]]:
        """Return every weight and bias, by name."""
        return named(self.layers)

    def forward(self, features: Tensor) -> list[Tensor]:
        """Return what each layer is given, from the first on, and at the end the logits."""
        values = [features.flatten(1)]
        for weight, bias in self.layers[:-1]:
            values.append(relu(linear(values[-1], weight, bias)))
        return [*values, linear(values[-1], *self.layers[-1])]

    def __call__(self, features: Tensor) -> Tensor:
        """Map features (rows, ...), flattened to (rows, inputs), to logits."""
        return self.forward(features)[-1]

    def learn(
        self, features: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the loss, the logits, and the gradient of each parameter.

        Backpropagation: from the last layer to the first, the gradient of a layer's
        outputs gives those of its weight and bias, and that of the outputs before it,
        gradient · weight, as far as their relu lets it through.
        """
        *inputs, logits = self.forward(features)
        loss, gradient = cross_entropy(logits, targets)
        gradients: list[Tensor] = []
        for number in reversed(range(len(self.layers))):
            gradients = linear_gradients(inputs[number], gradient) + gradients
            if number > 0:
                weight, _ = self.layers[number]
                gradient = relu_gradient(inputs[number], gradient @ weight)
        return loss, logits, gradients
