"""Formulas of the chapters in the plainest code; tests hold them against the code that trains.

exp of a large number overflows, loops over pixels are slow, and a step has no momentum. The
code that trains has the same results, and none of these limits. Arguments as there.
"""

import torch
from torch import Tensor


def softmax(logits: Tensor) -> Tensor:
    """Return probabilities: exp(logits) / sum(exp(logits)) along each row."""
    powers = logits.exp()
    return powers / powers.sum(dim=1, keepdim=True)


def cross_entropy(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean of -log(probability of the target), and its gradient."""
    rows, classes = logits.shape
    probabilities = softmax(logits)
    loss = -probabilities[range(rows), targets].log().mean()
    one_hot = torch.eye(classes)[targets]
    return loss, (probabilities - one_hot) / rows


def step(parameters: list[Tensor], gradients: list[Tensor], lr: float) -> None:
    """Move each parameter against its gradient, in place."""
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= lr * gradient


def relu_gradient(outputs: Tensor, gradient: Tensor) -> Tensor:
    """Return the gradient with respect to relu's input."""
    return torch.where(outputs > 0, gradient, 0)


def convolution(image: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the sum of weight · patch, plus bias, for every filter and every patch.

    Args:
        image: (channels, height, width), a single one.
        weight: (filters, channels, high, wide).
        bias: (filters,).
    """
    filters, _, high, wide = weight.shape
    down, across = image.shape[1] - high + 1, image.shape[2] - wide + 1
    values = torch.empty(filters, down, across)
    for f in range(filters):
        for y in range(down):
            for x in range(across):
                patch = image[:, y : y + high, x : x + wide]
                values[f, y, x] = (weight[f] * patch).sum() + bias[f]
    return values
