"""A model by torch.nn for transformers: its configuration and its PreTrainedModel.

On the Hub, this file lies beside the file of the model's kind. Chapter 9.
"""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import ImageClassifierOutput


class BookConfig(PreTrainedConfig):
    """The arguments of a model's class, and whether its images are grey (one channel)."""

    model_type = "deep_learning_by_hand"

    def __init__(self, arguments: dict | None = None, grey: bool = True, **kwargs):
        self.arguments, self.grey = arguments or {}, grey
        super().__init__(**kwargs)


class BookModel(PreTrainedModel):
    """A model by torch.nn, with the inputs and outputs that transformers expects."""

    config_class = BookConfig
    main_input_name = "pixel_values"
    make: type[nn.Module]  # the model's class

    def __init__(self, config: BookConfig):
        super().__init__(config)
        self.net = self.make(**config.arguments, dtype=config.dtype)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Leave the weights as the model drew them: transformers would draw new ones."""

    def forward(
        self, pixel_values: Tensor, labels: Tensor | None = None
    ) -> ImageClassifierOutput:
        """Return the logits (rows, classes) of images, and, given labels, the loss.

        Args:
            pixel_values: (rows, channels, height, width), in [0, 1].
            labels: (rows,), int64, in [0, classes).
        """
        if self.config.grey:  # pipeline() gives three channels to every image
            pixel_values = pixel_values.mean(dim=1, keepdim=True)
        logits = self.net(pixel_values)
        loss = None if labels is None else cross_entropy(logits, labels)
        return ImageClassifierOutput(loss=loss, logits=logits)
