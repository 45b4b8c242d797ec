"""Softmax regression: a linear layer whose outputs are read as class probabilities.

Written from tensors; PyTorch's autograd supplies the gradients. Chapter 4 of the book.
"""

import torch
from torch import Tensor


def log_softmax(logits: Tensor) -> Tensor:
    """Return log(softmax(logits)) without ever computing an exponential above 1.

    softmax does not change when a constant is subtracted from a row, so the largest
    logit is moved to 0: exp cannot overflow, and the sum under the logarithm is >= 1.
    For the same reason no gradient flows through that constant.

    Args:
        logits: (rows, classes), float32 or float64, any finite values.

    Returns:
        (rows, classes), same dtype, every value <= 0.
    """
    shifted = logits - logits.detach().amax(dim=1, keepdim=True)
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def softmax(logits: Tensor) -> Tensor:
    """Return exp(logits) / sum(exp(logits)) along each row, computed stably.

    Args:
        logits: (rows, classes), float32 or float64, any finite values.

    Returns:
        (rows, classes), same dtype, values in [0, 1], each row summing to 1.
    """
    return log_softmax(logits).exp()


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of -log(softmax(logits)[row, target]) over the rows.

    Args:
        logits: (rows, classes), float32 or float64, any finite values.
        targets: (rows,), int64, each in [0, classes).

    Returns:
        A scalar >= 0 of the logits' dtype.
    """
    return -log_softmax(logits).gather(1, targets.unsqueeze(1)).mean()


def linear_layer(
    inputs: int,
    outputs: int,
    std: float,
    dtype: torch.dtype,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Return the start of a linear layer: weights drawn from N(0, std²), biases 0.

    Returns:
        weight (outputs, inputs) and bias (outputs,), both requiring gradients. The
        weight lies as torch.nn.Linear's does: one row per output.
    """
    weight = torch.empty(outputs, inputs, dtype=dtype)
    weight.normal_(0, std, generator=generator)
    bias = torch.zeros(outputs, dtype=dtype)
    return weight.requires_grad_(), bias.requires_grad_()


class SoftmaxRegression:
    """logits = features · weightᵀ + bias.

    Args:
        sizes: [inputs, classes].
        std: standard deviation of the initial weights.
        dtype: of weights, biases and the features it will be given.
        generator: source of the initial weights.
    """

    def __init__(
        self,
        sizes: list[int],
        std: float,
        dtype: torch.dtype,
        generator: torch.Generator,
    ):
        inputs, classes = sizes
        self.weight, self.bias = linear_layer(inputs, classes, std, dtype, generator)

    def __call__(self, features: Tensor) -> Tensor:
        """Map features (rows, ...), flattened to (rows, inputs), to logits."""
        return features.flatten(1) @ self.weight.T + self.bias

    def parameters(self) -> list[Tensor]:
        """Return [weight, bias]."""
        return [self.weight, self.bias]
