"""How a model is trained, unless its block says otherwise: the schema of these sections."""

from typing import Annotated, Literal

from pydantic import Field

from byhand.pipeline.params import Count, Positive, Section

Momentum = Annotated[float, Field(ge=0, lt=1)]
Schedule = Literal["constant", "cosine"]


class Train(Section):
    """Gradient descent."""

    lr: Positive
    epochs: Count
    momentum: Momentum
    schedule: Schedule


class Fit(Section):
    """scikit-learn's solver."""

    C: Positive
    max_iter: Count
