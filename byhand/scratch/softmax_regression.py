"""Softmax regression: a linear layer whose outputs are read as class probabilities.

Written from tensors, the gradients too: each formula stands beside its derivative.
Chapter 4 of the book. A model learns by three lines:

    logits = linear(features, weight, bias)
    loss, gradient = cross_entropy(logits, targets)
    by_weight, by_bias = linear_gradients(features, gradient)
"""

import torch
from torch import Tensor


def log_softmax(logits: Tensor) -> Tensor:
    """Return log(softmax(logits)) without ever computing an exponential above 1.

    softmax does not change when a constant is subtracted from a row, so the largest
    logit is moved to 0: exp cannot overflow, and the sum under the logarithm is >= 1.

    Args:
        logits: (rows, classes), float32 or float64, any finite values.

    Returns:
        (rows, classes), same dtype, every value <= 0.
    """
    shifted = logits - logits.amax(dim=1, keepdim=True)
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def softmax(logits: Tensor) -> Tensor:
    """Return exp(logits) / sum(exp(logits)) along each row, computed stably.

    Args:
        logits: (rows, classes), float32 or float64, any finite values.

    Returns:
        (rows, classes), same dtype, values in [0, 1], each row summing to 1.
    """
    return log_softmax(logits).exp()


def cross_entropy(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy of the rows, and its gradient.

    loss = mean of -log(softmax(logits)[row, target]) over the rows
    ∂loss/∂logits = (softmax(logits) - one_hot(targets)) / rows

    Args:
        logits: (rows, classes), float32 or float64, any finite values.
        targets: (rows,), int64, each in [0, classes).

    Returns:
        The loss, a scalar >= 0, and its gradient (rows, classes), of the logits' dtype.
    """
    log_probabilities = log_softmax(logits)
    column = targets.reshape(len(logits), 1)
    of_target = log_probabilities.gather(1, column)
    one_hot = torch.zeros_like(logits, dtype=torch.bool).scatter_(1, column, True)
    # expm1(x) = exp(x) - 1: the probability of the target, minus the 1 in one_hot
    difference = torch.where(one_hot, of_target.expm1(), log_probabilities.exp())
    return -of_target.mean(), difference.div_(len(targets))


def linear_layer(
    inputs: int,
    outputs: int,
    std: float,
    dtype: torch.dtype,
    generator: torch.Generator | None,
) -> tuple[Tensor, Tensor]:
    """Return the start of a linear layer: weights drawn from N(0, std²), biases 0.

    Returns:
        weight (outputs, inputs), as torch.nn.Linear's, and bias (outputs,).
    """
    weight = torch.empty(outputs, inputs, dtype=dtype)
    weight.normal_(0, std, generator=generator)
    return weight, torch.zeros(outputs, dtype=dtype)


def linear(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return features · weightᵀ + bias, (rows, outputs), for features (rows, inputs)."""
    # the same product as features @ weight.T; for few outputs, three times as fast
    return (weight @ features.T).T.add_(bias)


def linear_gradients(features: Tensor, gradient: Tensor) -> list[Tensor]:
    """Return the loss's gradients with respect to weight and bias of `linear`.

    ∂loss/∂weight = gradientᵀ · features
    ∂loss/∂bias = sum of gradient over the rows

    Args:
        features: (rows, inputs), the layer's input.
        gradient: (rows, outputs), of the loss with respect to the layer's output.
    """
    return [gradient.T @ features, gradient.sum(dim=0)]
