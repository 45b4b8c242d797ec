"""The block of softmax regression."""

from typing import ClassVar, Literal

from byhand.training.bases import OfRows


class Softmax(OfRows):
    """Softmax regression."""

    title: ClassVar[str] = "softmax regression"
    kind: Literal["softmax"]
