"""What blocks of models in params.yaml have in common: fields, and checks of their data."""

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, create_model, model_validator

from byhand.datasets.folder import Dataset
from byhand.datasets.folder.scale import standardized
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Count, Name, NotNegative, Section
from byhand.training.rooms import ways
from byhand.training.settings import Train

Units = Annotated[int, Field(ge=1, le=10_000)]


def optional(section: type[Section]) -> type[Section]:
    """Return a section's schema with every key optional, as a block may have them."""
    fields = section.model_fields.items()
    keys = {name: (field.rebuild_annotation() | None, None) for name, field in fields}
    return create_model(f"Optional{section.__name__}", __base__=Section, **keys)


class Block(Section):
    """What every model has; `by` is the schema of the section that its recipe names."""

    by: ClassVar[type[Section]]
    # files of a room that move weights; a room needs one of them
    movers: ClassVar[tuple[str, ...]]
    title: ClassVar[str]
    how: Name
    data: str
    recipe: Name
    standardize: bool = False

    @model_validator(mode="after")
    def has_a_file(self):
        """Refuse a `how` whose room has no file of this kind."""
        known = ways(self.kind, self.movers)
        if self.how not in known:
            raise ValueError(
                f"how must be one of {known}, which have a {self.kind}.py, got {self.how!r}"
            )
        return self

    def prepared(self, dataset: Dataset, seed: int) -> Dataset:
        """Return a dataset as the model learns from it: rows held out, columns standardized."""
        if self.validation_fraction:
            rows = len(dataset.train.targets)
            dataset = dataset.hold_out(self.validation_fraction, seed)
            if len(dataset.train.targets) == rows:
                raise UserError(
                    f"validation_fraction {self.validation_fraction} holds out none of the "
                    f"{rows} training rows of {self.data}, expected at least one"
                )
        if self.standardize and not dataset.has_images:  # which `check` refuses
            dataset = standardized(dataset, self.data)
        return dataset

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Raise a UserError if the model of this name can't learn from its data.

        shape is a row's, (columns,) or (channels, height, width); rows are the number of
        training rows of each class.
        """
        if self.standardize and len(shape) > 1:
            raise UserError(
                f"models.{name}.standardize is for points, {self.data} has images"
            )


class GradientModel(optional(Train), Block):
    """A model trained by gradient descent, by hand or by a library."""

    by: ClassVar = Train
    movers: ClassVar = ("sgd", "descent")  # for our loop, or with a loop of its own
    batch_size: Count
    dtype: Literal["float32", "float64"]
    shuffle: bool
    drop_last: bool

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
        if self.patience and not self.validation_fraction:
            raise UserError(
                f"models.{name}.patience needs a validation_fraction above 0, got "
                f"patience {self.patience} and validation_fraction 0"
            )
        if self.batch_size > sum(rows):
            raise UserError(
                f"models.{name}.batch_size must be at most the {sum(rows)} training rows "
                f"of {self.data}, got {self.batch_size}"
            )


class OfRows(GradientModel):
    """A model that takes a row of numbers, of images as well."""

    init_std: NotNegative

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return the arguments of the model's class, for such features and classes."""
        hidden = getattr(self, "hidden", [])
        return {"sizes": [math.prod(shape), *hidden, classes], "std": self.init_std}


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
