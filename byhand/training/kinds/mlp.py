"""The block of a multilayer perceptron."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from byhand.training.bases import OfRows, Units


class MLP(OfRows):
    """The multilayer perceptron."""

    title: ClassVar[str] = "perceptron"
    kind: Literal["mlp"]
    hidden: Annotated[list[Units], Field(min_length=1)]
