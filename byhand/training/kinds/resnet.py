"""The block of a residual network."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from byhand.pipeline.errors import UserError
from byhand.training.bases import OfImages, Units


class ResNet(OfImages):
    """A residual network, transformers' own."""

    title: ClassVar[str] = "ResNet"
    kind: Literal["resnet"]
    dtype: Literal["float32"]
    embedding: Units
    hidden: Annotated[list[Units], Field(min_length=1)]
    depths: Annotated[list[Units], Field(min_length=1)]

    @model_validator(mode="after")
    def as_many_depths_as_hidden(self):
        """Refuse lists of different lengths: both have an entry for each stage."""
        if len(self.depths) != len(self.hidden):
            raise ValueError(
                f"depths must have {len(self.hidden)} entries, as hidden, got {self.depths}"
            )
        return self

    @property
    def threads(self) -> int | None:
        """Two, as for LeNet by PyTorch's convolutions."""
        return 2

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Refuse data as Block does. Batch normalisation needs two rows in every batch."""
        super().check(name, shape, rows)
        if self.last_batch(sum(rows)) == 1:
            raise UserError(
                f"models.{name}.batch_size must leave no batch of one row, got "
                f"{self.batch_size} for {sum(rows)} rows; drop_last: true drops the last"
            )

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return transformers' configuration; it takes images of any shape."""
        return {
            "embedding_size": self.embedding,
            "hidden_sizes": self.hidden,
            "depths": self.depths,
            "layer_type": "basic",
            "num_labels": classes,
        }
