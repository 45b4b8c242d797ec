"""The multilayer perceptron by the autograd engine: a forward pass. Chapters 4 and 6."""

from itertools import pairwise

import torch
from torch import Tensor as Array

from byhand.autograd.engine import Tensor, no_grad


def cross_entropy(logits: Tensor, targets: Array) -> Tensor:
    """Return the mean of -log(softmax(logits)[row, target]) over the rows.

    The largest logit of each row moves to 0, so that exp can't overflow.

    Args:
        logits: (rows, classes).
        targets: (rows,), int64, in [0, classes); others raise IndexError.
    """
    shifted = logits - logits.amax(1, keepdim=True).detach()
    log_softmax = shifted - shifted.exp().sum(1, keepdim=True).log()
    rows, classes = (torch.arange(n, device=targets.device) for n in logits.data.shape)
    # index_select refuses -1, which [ ] takes for the last class
    columns = classes.index_select(0, targets).view_as(rows)
    return -log_softmax[rows, columns].mean()


def forward(features: Tensor, parameters: list[Tensor]) -> Tensor:
    """Return the logits (rows, classes): linear layers with ReLU between them.

    Args:
        features: (rows, inputs).
        parameters: weight and bias of the first layer, then of the second, and so on.
    """
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    values = features
    for weight, bias in hidden:
        values = (values @ weight.T + bias).relu()
    weight, bias = last
    return values @ weight.T + bias


class MLP:
    """A perceptron of the engine's tensors. Arguments as scratch/mlp.py's."""

    def __init__(
        self,
        sizes: list[int],
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        self.parameters: list[Tensor] = []
        for inputs, outputs in pairwise(sizes):
            weight = torch.empty(outputs, inputs, dtype=dtype)
            weight.normal_(0, std, generator=generator)
            for array in (weight, torch.zeros(outputs, dtype=dtype)):
                self.parameters.append(Tensor(array, requires_grad=True))

    def named_parameters(self) -> list[tuple[str, Array]]:
        """Return each layer's weight and bias, as arrays, by name."""
        layers = range(1, len(self.parameters) // 2 + 1)
        names = [f"layer{n}.{name}" for n in layers for name in ("weight", "bias")]
        return [(n, p.data) for n, p in zip(names, self.parameters, strict=True)]

    def loss(self, features: Array, targets: Array) -> tuple[Tensor, Tensor]:
        """Return the mean loss of a batch, ready for backward(), and the logits."""
        logits = forward(Tensor(features.flatten(1)), self.parameters)
        return cross_entropy(logits, targets), logits

    def __call__(self, features: Array) -> Array:
        """Map features (rows, ...), flattened to (rows, inputs), to logits."""
        with no_grad():
            return forward(Tensor(features.flatten(1)), self.parameters).data
