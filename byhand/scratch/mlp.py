"""The multilayer perceptron: linear layers with ReLU between them. Chapter 6 of the book."""

from itertools import pairwise

import torch
from torch import Tensor

from byhand.scratch.softmax_regression import (
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

    The gradient passes where the output is above 0. Elsewhere it is 0; at exactly 0 too,
    as in PyTorch.

    Args:
        outputs: of relu.
        gradient: of the loss with respect to the outputs, same shape.
    """
    return gradient * outputs.sign()


class Network:
    """Layers, each a weight and a bias, and a forward pass that ends with the logits."""

    layers: list[tuple[Tensor, Tensor]]

    def __repr__(self) -> str:
        weights = [weight for weight, _ in self.layers]
        sizes = [weights[0].shape[1], *(len(weight) for weight in weights)]
        return f"{type(self).__name__}({' → '.join(map(str, sizes))})"

    def named_parameters(self) -> list[tuple[str, Tensor]]:
        """Return weight and bias of the first layer, then of the second, and so on."""
        return [
            (f"layer{number}.{name}", parameter)
            for number, layer in enumerate(self.layers, start=1)
            for name, parameter in zip(("weight", "bias"), layer, strict=True)
        ]

    def __call__(self, features: Tensor) -> Tensor:
        """Map features (rows, ...) to logits (rows, classes)."""
        return self.forward(features)[-1]


class MLP(Network):
    """A multilayer perceptron with any number of hidden layers.

    Args:
        sizes: [inputs, *hidden, classes]; without hidden sizes it is softmax regression.
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
        self.layers = [
            linear_layer(inputs, outputs, std, dtype, generator)
            for inputs, outputs in pairwise(sizes)
        ]

    def forward(self, features: Tensor) -> list[Tensor]:
        """Return the input of each layer, first to last, and then the logits."""
        values = [features.flatten(1)]
        for weight, bias in self.layers[:-1]:
            values.append(relu(linear(values[-1], weight, bias)))
        return [*values, linear(values[-1], *self.layers[-1])]

    def learn(
        self, features: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the loss, the logits, and the gradient of each parameter.

        Backpropagation goes from the last layer to the first. The gradient of a layer's
        outputs gives the gradients of its weight and bias. gradient · weight, through
        relu's gradient, is the gradient of the outputs of the layer before.
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
