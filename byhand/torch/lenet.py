"""LeNet-5, a convolutional network, by torch.nn."""

import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
INITIALISERS = {"he": nn.init.kaiming_normal_, "xavier": nn.init.xavier_normal_}


class LeNet(nn.Sequential):
    """convolution → pooling → convolution → pooling → linear → linear → linear.

    The convolutions have 6 and 16 channels of 5 × 5 pixels, the first with a padding of 2.
    A pooling takes the mean of 2 × 2 pixels. The linear layers have 120 and 84 outputs, and
    one for each class. An activation follows each layer but poolings and the last. LeCun,
    Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition
    (1998), with linear outputs instead of Gaussian ones.

    Args:
        shape: (channels, height, width) of the images, at least 12 × 12 pixels.
        classes: how many.
        activation: relu, or sigmoid as in 1998.
        init: he, N(0, 2 / inputs), after He and others (2015); or xavier,
            N(0, 2 / (inputs + outputs)), after Glorot and Bengio (2010). Biases are 0.
        dtype: of weights, biases and features.
        generator: source of the initial weights, from the first layer to the last.
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
        activate = ACTIVATIONS[activation]
        super().__init__(
            nn.Conv2d(channels, 6, kernel_size=5, padding=2, dtype=dtype),
            activate(),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 16, kernel_size=5, dtype=dtype),
            activate(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * pixels, 120, dtype=dtype),
            activate(),
            nn.Linear(120, 84, dtype=dtype),
            activate(),
            nn.Linear(84, classes, dtype=dtype),
        )
        for name, parameter in self.named_parameters():
            if name.endswith("weight"):
                INITIALISERS[init](parameter, generator=generator)
            else:
                nn.init.zeros_(parameter)
        self.to(memory_format=torch.channels_last)  # a quarter faster
