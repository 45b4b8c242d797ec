"""The book's models as transformers has them: a configuration, and a PreTrainedModel of it.

Chapter 9 sends this file to the Hub, with the files that it imports; their imports are
relative, as they must be there.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import ImageClassifierOutput

from .lenet import LeNet
from .mlp import MLP
from .softmax_regression import SoftmaxRegression

KINDS = {"softmax": SoftmaxRegression, "mlp": MLP, "lenet": LeNet}


class BookConfig(PreTrainedConfig):
    """What a model is made from: its kind, a key of KINDS, and what that one takes.

    grey: whether its images have one channel.
    """

    model_type = "deep_learning_by_hand"

    def __init__(
        self,
        kind: str = "softmax",
        arguments: dict | None = None,
        grey: bool = True,
        **kwargs,
    ):
        self.kind, self.grey = kind, grey
        self.arguments = arguments or {"sizes": [784, 10]}
        super().__init__(**kwargs)


class BookModel(PreTrainedModel):
    """A model by torch.nn that takes and returns what transformers asks for."""

    config_class = BookConfig
    main_input_name = "pixel_values"

    def __init__(self, config: BookConfig, generator: torch.Generator | None = None):
        super().__init__(config)
        make = KINDS[config.kind]
        self.net = make(**config.arguments, dtype=config.dtype, generator=generator)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Leave the weights as the model drew them; transformers would draw others."""

    def forward(
        self, pixel_values: Tensor, labels: Tensor | None = None
    ) -> ImageClassifierOutput:
        """Return the logits (rows, classes) of images, and with labels the loss.

        Args:
            pixel_values: (rows, channels, height, width), numbers from 0 to 1. Of three
                channels, which pipeline() gives to every image, a model of grey images
                takes the mean.
            labels: (rows,), int64, each in [0, classes).
        """
        if self.config.grey:
            pixel_values = pixel_values.mean(dim=1, keepdim=True)
        logits = self.net(pixel_values)
        loss = None if labels is None else cross_entropy(logits, labels)
        return ImageClassifierOutput(loss=loss, logits=logits)
