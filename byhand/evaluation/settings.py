"""The schema of params.yaml's sections seeds and studies."""

from typing import Annotated

from pydantic import Field

from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Count, Name, Positive, Section

# the number of seeds that a model is trained from; one seed shows no spread
SeedCount = Annotated[int, Field(ge=2, le=10_000)]


class Limits(Section):
    """Gradient descent in small steps, many of them."""

    lr: Positive
    shuffle: bool
    epochs: Count


class Studies(Section):
    """The studies' own settings; see the scripts of these names in studies/."""

    nudge: Positive
    learning_rates: Annotated[list[Positive], Field(min_length=1)]
    limits: Limits


SECTIONS = {"seeds": dict[Name, SeedCount], "studies": Studies}


def check(params: Section) -> None:
    """Refuse seeds of a model that is none."""
    for name in params.seeds or {}:
        if name not in params.models:
            raise UserError(f"params.yaml: seeds.{name} names no model")
