"""A residual network of transformers, for its Trainer. Chapter 9.

He, Zhang, Ren and Sun, Deep residual learning for image recognition (2016).
"""

import torch
from torch import Tensor
from transformers import ResNetConfig, ResNetForImageClassification


class ResNet(ResNetForImageClassification):
    """transformers' ResNet. Grey images become three equal channels, as pipeline() does it.

    generator: its seed decides the initial weights.
    settings: of transformers' ResNetConfig.
    """

    def __init__(
        self,
        dtype: torch.dtype = torch.float32,
        generator: torch.Generator | None = None,
        **settings,
    ):
        # transformers takes no generator
        torch.manual_seed(generator.initial_seed() if generator else 0)
        super().__init__(ResNetConfig(**settings, dtype=dtype))
        self.loss_type = "ForImageClassification"  # the default is the class's name
        self.to(memory_format=torch.channels_last)  # a third faster

    def forward(self, pixel_values: Tensor, labels: Tensor | None = None):
        """Return the logits (rows, classes) and, given labels (rows,), the loss."""
        return super().forward(pixel_values.expand(-1, 3, -1, -1), labels)

    @staticmethod
    def optimizer(lr: float, momentum: float) -> tuple[type, dict]:
        """Return the optimizer's class and arguments."""
        return torch.optim.AdamW, {"lr": lr, "betas": (momentum, 0.999)}
