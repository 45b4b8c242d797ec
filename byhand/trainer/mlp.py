"""The multilayer perceptron for transformers' Trainer. Chapter 9."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class MLP(nn.Sequential):
    """flatten → linear → ReLU → … → linear. Arguments and initial weights as torch/mlp.py's."""

    def __init__(
        self,
        sizes: list[int],
        std: float = 0.01,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
    ):
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs, dtype=dtype), nn.ReLU()]
            nn.init.normal_(layers[-2].weight, std=std, generator=generator)
            nn.init.zeros_(layers[-2].bias)
        super().__init__(*layers[:-1])

    def forward(self, pixel_values: Tensor, labels: Tensor | None = None) -> dict:
        """Return the logits (rows, classes) and, given labels (rows,), the loss."""
        logits = super().forward(pixel_values)
        if labels is None:
            return {"logits": logits}
        return {"loss": cross_entropy(logits, labels), "logits": logits}

    @staticmethod
    def optimizer(lr: float, momentum: float) -> tuple[type, dict]:
        """Return the optimizer's class and arguments."""
        return torch.optim.SGD, {"lr": lr, "momentum": momentum}
