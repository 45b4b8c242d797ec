"""A model's block in params.yaml: its schema, complete with the section it is trained by.

A kind of model is a class below with its fields; its `title` is what people call it.
"""

import math
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union, get_args

from pydantic import Field, model_validator

from byhand.datasets.folder import Dataset, read_dataset
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Count, Name, Positive, Section, load_params
from byhand.training.recipes import Fit, Momentum, Schedule, Train

ROOMS = Path(__file__).parents[1]  # byhand/: a room for each `how` of a model
Units = Annotated[int, Field(ge=1, le=10_000)]


class Block(Section):
    """What every model has; `by` is the schema of the section that its recipe names."""

    title: ClassVar[str]
    data: str
    recipe: Name
    standardize: bool = False

    @model_validator(mode="after")
    def has_a_file(self):
        """Refuse a `how` whose room has no file of this kind."""
        known = get_args(type(self).model_fields["how"].annotation)
        ways = [how for how in known if (ROOMS / how / f"{self.kind}.py").exists()]
        if self.how not in ways:
            raise ValueError(
                f"how must be one of {ways}, which have a {self.kind}.py, got {self.how!r}"
            )
        return self

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model of this name can't learn from its data.

        shape is a row's, (columns,) or (channels, height, width); rows are the number of
        training rows of each class.
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
        """How many threads compute it; None for one a core, which changes no byte."""
        return None if self.dtype == "float32" else 1

    def last_batch(self, rows: int) -> int:
        """Return how many rows an epoch's last batch has, of so many in all."""
        rest = 0 if self.drop_last else rows % self.batch_size
        return rest or self.batch_size

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Refuse data as Block does."""
        super().check(name, shape, rows)
        if self.batch_size > sum(rows):
            raise UserError(
                f"models.{name}.batch_size must be at most the {sum(rows)} training rows "
                f"of {self.data}, got {self.batch_size}"
            )


class OfRows(GradientModel):
    """A model that takes a row of numbers, of images as well."""

    init_std: Positive

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return the arguments of the model's class, for such features and classes."""
        hidden = getattr(self, "hidden", [])
        return {"sizes": [math.prod(shape), *hidden, classes], "std": self.init_std}


class Softmax(OfRows):
    """Softmax regression."""

    title: ClassVar[str] = "softmax regression"
    kind: Literal["softmax"]


class MLP(OfRows):
    """The multilayer perceptron."""

    title: ClassVar[str] = "perceptron"
    kind: Literal["mlp"]
    hidden: Annotated[list[Units], Field(min_length=1)]


class OfImages(GradientModel):
    """A model that looks at images as such, not at a row of numbers."""

    smallest: ClassVar[int] = 1  # edge, in pixels

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Refuse data as Block does."""
        super().check(name, shape, rows)
        is_point = len(shape) == 1
        if is_point or min(shape[1:]) < self.smallest:
            pixels = " × ".join(map(str, shape[1:])) + " pixels"
            has = f"points of {shape[0]} features" if is_point else pixels
            raise UserError(
                f"models.{name} needs images of at least {self.smallest} × "
                f"{self.smallest} pixels, {self.data} has {has}"
            )


class LeNet(OfImages):
    """LeNet-5."""

    smallest: ClassVar[int] = 12
    title: ClassVar[str] = "LeNet"
    kind: Literal["lenet"]
    activation: Literal["relu", "sigmoid"]
    init: Literal["he", "xavier"]

    @property
    def threads(self) -> int | None:
        """As GradientModel's; two for PyTorch's convolutions, on any number of cores."""
        return super().threads if self.how == "scratch" else 2

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return the arguments of the model's class, for such features and classes."""
        settings = {"activation": self.activation, "init": self.init}
        return {"shape": shape, "classes": classes} | settings


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


class Logistic(Block):
    """Logistic regression, fitted by scikit-learn."""

    by: ClassVar = Fit
    title: ClassVar[str] = "logistic regression"
    kind: Literal["logistic"]
    how: Literal["sklearn"]
    C: Positive | None = None
    max_iter: Count | None = None

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Refuse data as Block does."""
        super().check(name, shape, rows)
        if len(rows) < 2 or not all(rows):
            raise UserError(
                f"models.{name} needs training rows of two classes and of each class, "
                f"{self.data} has {rows}"
            )


KINDS = [c for c in vars().copy().values() if "kind" in getattr(c, "model_fields", ())]
Model = Annotated[Union[*KINDS], Field(discriminator="kind")]
Models = Annotated[dict[Name, Model], Field(min_length=1)]


def load_model(name: str) -> Model:
    """Return a model's block, completed by the section of its recipe, as `load_params`."""
    block = load_params(f"models.{name}", Model)
    section = load_params(block.recipe, block.by)
    missing = {key: value for key, value in section if getattr(block, key) is None}
    return block.model_copy(update=missing)


def load_model_and_data(
    name: str, train_features: bool = True
) -> tuple[Model, Dataset]:
    """Return a model's block and the dataset that it names, as `read_dataset`.

    Raises:
        UserError: either can't be read, or the model can't learn from the data.
    """
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize, train_features)
    block.check(name, dataset.shape, dataset.train_rows)
    return block, dataset
