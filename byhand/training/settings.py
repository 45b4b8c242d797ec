"""The schema of params.yaml's sections for training. A model's block may have their keys, too."""

from typing import Annotated, Literal

from pydantic import Field

from byhand.pipeline.params import Count, Positive, Section

Schedule = Literal["constant", "cosine"]
Fraction = Annotated[float, Field(ge=0, lt=1)]


class Train(Section):
    """Gradient descent."""

    lr: Positive
    epochs: Count
    momentum: Fraction
    schedule: Schedule
    weight_decay: Fraction
    patience: Annotated[int, Field(ge=0)]
    validation_fraction: Fraction


class Fit(Section):
    """scikit-learn's solver."""

    C: Positive
    max_iter: Count
    validation_fraction: Fraction


SECTIONS = {"train": Train, "fit": Fit}
