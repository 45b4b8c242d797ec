"""LeNet-5, a convolutional network, by hand: forward, and back by formulas."""

import math
from itertools import pairwise

import torch
from torch import Tensor

from byhand.scratch.convolution import (
    average_pooling,
    average_pooling_gradient,
    convolution,
    convolution_gradients,
    images_gradient,
)
from byhand.scratch.mlp import Network, relu, relu_gradient
from byhand.scratch.softmax_regression import cross_entropy, linear, linear_gradients


def sigmoid(values: Tensor) -> Tensor:
    """Return 1 / (1 + exp(-values)), elementwise, same shape and dtype."""
    return values.sigmoid()


def sigmoid_gradient(outputs: Tensor, gradient: Tensor) -> Tensor:
    """Return the loss's gradient with respect to sigmoid's input.

    ∂sigmoid/∂input = sigmoid · (1 - sigmoid). Arguments as `relu_gradient`'s.
    """
    return gradient * outputs * (1 - outputs)


ACTIVATIONS = {"relu": (relu, relu_gradient), "sigmoid": (sigmoid, sigmoid_gradient)}


class LeNet(Network):
    """convolution → pooling → convolution → pooling → linear → linear → linear.

    Layers, arguments and initial weights are those of torch/lenet.py; see there.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        classes: int,
        activation: str = "relu",
        init: str = "he",
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        channels, height, width = shape
        if min(height, width) < 12:
            raise ValueError(
                f"LeNet needs images of at least 12 × 12 pixels, got {height} × {width}"
            )
        pixels = (height // 2 - 4) // 2 * ((width // 2 - 4) // 2)
        self.activate, self.activation_gradient = ACTIVATIONS[activation]
        shapes = [(6, channels, 5, 5), (16, 6, 5, 5)]
        shapes += [(n, m) for m, n in pairwise((16 * pixels, 120, 84, classes))]
        self.layers = []
        for outputs, *inputs in shapes:
            weight = torch.empty(outputs, *inputs, dtype=dtype)
            fan_in, fan_out = math.prod(inputs), outputs * math.prod(inputs[1:])
            he = math.sqrt(2) / math.sqrt(fan_in)
            xavier = math.sqrt(2 / (fan_in + fan_out))
            weight.normal_(0, he if init == "he" else xavier, generator=generator)
            self.layers.append((weight, torch.zeros(outputs, dtype=dtype)))

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return, for each convolution, the patches, the activated outputs and the pooled
        outputs; then the input of each linear layer; then the logits.
        """
        steps = []
        for (weight, bias), padding in zip(self.layers[:2], (2, 0), strict=True):
            values, patches = convolution(images, weight, bias, padding=padding)
            values = self.activate(values)
            images = average_pooling(values, kernel=2, stride=2)
            steps += [patches, values, images]
        given = [images.flatten(1)]
        for weight, bias in self.layers[2:-1]:
            given.append(self.activate(linear(given[-1], weight, bias)))
        return [*steps, *given, linear(given[-1], *self.layers[-1])]

    def learn(
        self, features: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the loss, the logits, and the gradient of each parameter.

        Backpropagation: the steps of `forward` in reverse order. Each turns the gradient of
        its outputs into the gradient of its inputs.
        """
        first, second, *linears = [weight for weight, _ in self.layers]
        patches1, values1, pooled1, patches2, values2, pooled2, *given, logits = (
            self.forward(features)
        )
        loss, gradient = cross_entropy(logits, targets)
        gradients: list[Tensor] = []
        for number in reversed(range(len(linears))):
            gradients = linear_gradients(given[number], gradient) + gradients
            gradient = gradient @ linears[number]
            if number > 0:
                gradient = self.activation_gradient(given[number], gradient)
        gradient = gradient.reshape(pooled2.shape)
        gradient = average_pooling_gradient(values2.shape, 2, 2, gradient)
        gradient = self.activation_gradient(values2, gradient)
        gradients = convolution_gradients(patches2, second, gradient) + gradients
        gradient = images_gradient(pooled1.shape, second, gradient)
        gradient = average_pooling_gradient(values1.shape, 2, 2, gradient)
        gradient = self.activation_gradient(values1, gradient)
        gradients = convolution_gradients(patches1, first, gradient) + gradients
        return loss, logits, gradients
