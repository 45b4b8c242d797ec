"""A model's block in params.yaml: its schema, complete with the section it is trained by."""

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator

from stages.pipeline.errors import UserError
from stages.pipeline.params import Count, Name, Positive, Section, load_params

Units = Annotated[int, Field(ge=1, le=10_000)]
Momentum = Annotated[float, Field(ge=0, lt=1)]
Schedule = Literal["constant", "cosine"]
SeedCount = Annotated[int, Field(ge=2, le=10_000)]  # one alone does not scatter


class Train(Section):
    """Gradient descent, unless a model's block says otherwise."""

    lr: Positive
    epochs: Count
    momentum: Momentum
    schedule: Schedule


class Fit(Section):
    """scikit-learn's solver, unless a model's block says otherwise."""

    C: Positive
    max_iter: Count


class Seeds(Section):
    """How many seeds a model is trained from, by its name; `others` is of those not named."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Name, SeedCount]

    others: SeedCount


class Block(Section):
    """What every model has; `by` is the schema of the section that its recipe names."""

    data: str
    recipe: Name
    standardize: bool = False

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model can't learn from its data.

        Args:
            name: of the model.
            shape: of a row's features, (columns,) or (channels, height, width).
            rows: of each class, that train.
        """
        if self.standardize and len(shape) > 1:
            raise UserError(
                f"models.{name}.standardize is for points, {self.data} has images"
            )


class GradientModel(Block):
    """A model trained by gradient descent, by hand or by a library."""

    by: ClassVar = Train
    how: Literal["scratch", "autograd", "torch", "trainer"]
    batch_size: Count
    dtype: Literal["float32", "float64"]
    shuffle: bool
    drop_last: bool
    lr: Positive | None = None
    epochs: Count | None = None
    momentum: Momentum | None = None
    schedule: Schedule | None = None

    @property
    def threads(self) -> int | None:
        """How many threads compute it: None for one a core, where that changes no byte."""
        return None if self.dtype == "float32" else 1

    def last_batch(self, rows: int) -> int:
        """Return how many rows an epoch's last batch has, of so many in all."""
        rest = 0 if self.drop_last else rows % self.batch_size
        return rest or self.batch_size

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model can't learn from its data, as Block's."""
        super().check(name, shape, rows)
        if self.batch_size > sum(rows):
            raise UserError(
                f"models.{name}.batch_size must be at most the {sum(rows)} training rows "
                f"of {self.data}, got {self.batch_size}"
            )


class Softmax(GradientModel):
    """Softmax regression."""

    kind: Literal["softmax"]
    init_std: Positive

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return what a model is made from, for such features and so many classes."""
        return {"sizes": [math.prod(shape), classes], "std": self.init_std}


class MLP(GradientModel):
    """The multilayer perceptron."""

    kind: Literal["mlp"]
    hidden: Annotated[list[Units], Field(min_length=1)]
    init_std: Positive

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return what a model is made from, for such features and so many classes."""
        sizes = [math.prod(shape), *self.hidden, classes]
        return {"sizes": sizes, "std": self.init_std}


class OfImages(GradientModel):
    """A model that looks at images as such, not at a row of numbers."""

    smallest: ClassVar[int] = 1  # edge, in pixels

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model can't learn from its data, as Block's."""
        super().check(name, shape, rows)
        if len(shape) == 1:
            has = f"points of {shape[0]} features"
        else:
            has = f"{shape[1]} × {shape[2]} pixels"
        if len(shape) == 1 or min(shape[1:]) < self.smallest:
            raise UserError(
                f"models.{name} needs images of at least {self.smallest} × "
                f"{self.smallest} pixels, {self.data} has {has}"
            )


class LeNet(OfImages):
    """LeNet-5."""

    smallest: ClassVar[int] = 12
    kind: Literal["lenet"]
    how: Literal["scratch", "torch", "trainer"]
    activation: Literal["relu", "sigmoid"]
    init: Literal["he", "xavier"]

    @property
    def threads(self) -> int | None:
        """As GradientModel's; with PyTorch's convolutions two, be there one core or ten."""
        return super().threads if self.how == "scratch" else 2

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return what a model is made from, for such features and so many classes."""
        settings = {"activation": self.activation, "init": self.init}
        return {"shape": shape, "classes": classes} | settings


class ResNet(OfImages):
    """A residual network, transformers' own."""

    kind: Literal["resnet"]
    how: Literal["trainer"]
    dtype: Literal["float32"]
    embedding: Units
    hidden: Annotated[list[Units], Field(min_length=1)]
    depths: Annotated[list[Units], Field(min_length=1)]

    @model_validator(mode="after")
    def as_many_depths_as_hidden(self):
        """Refuse lists of different lengths: each has an entry a stage."""
        if len(self.depths) != len(self.hidden):
            raise ValueError(
                f"depths must have {len(self.hidden)} entries, as hidden, got {self.depths}"
            )
        return self

    @property
    def threads(self) -> int | None:
        """Two, as of LeNet by PyTorch's convolutions."""
        return 2

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model can't learn from its data, as Block's.

        Batch normalisation takes each batch's mean and deviation: one row alone has none.
        """
        super().check(name, shape, rows)
        if self.last_batch(sum(rows)) == 1:
            raise UserError(
                f"models.{name}.batch_size must leave no batch of one row, got "
                f"{self.batch_size} for {sum(rows)} rows; drop_last: true drops the last"
            )

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return transformers' configuration, for so many classes; any image will do."""
        return {
            "embedding_size": self.embedding,
            "hidden_sizes": self.hidden,
            "depths": self.depths,
            "layer_type": "basic",
            "num_labels": classes,
        }


class Logistic(Block):
    """Logistic regression, fitted by scikit-learn."""

    by: ClassVar = Fit
    kind: Literal["logistic"]
    how: Literal["sklearn"]
    C: Positive | None = None
    max_iter: Count | None = None

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model can't learn from its data, as Block's."""
        super().check(name, shape, rows)
        if len(rows) < 2 or not all(rows):
            raise UserError(
                f"models.{name} needs training rows of two classes and of each class, "
                f"{self.data} has {rows}"
            )


Model = Annotated[
    Softmax | MLP | LeNet | ResNet | Logistic, Field(discriminator="kind")
]
Models = Annotated[dict[Name, Model], Field(min_length=1)]


def load_model(name: str) -> Model:
    """Return a model's block; what it leaves out is as in the section of its recipe.

    Raises:
        UserError: params.yaml has no such model or section, or either breaks its schema.
    """
    block = load_params(f"models.{name}", Model)
    section = load_params(block.recipe, block.by)
    missing = {key: value for key, value in section if getattr(block, key) is None}
    return block.model_copy(update=missing)
