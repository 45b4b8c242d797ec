"""The schema of params.yaml's sections seeds and studies."""

from typing import Annotated, Any

from pydantic import Field

from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Count, Name, NotNegative, Positive, Section, checked

# the number of seeds that a model is trained from; one seed shows no spread
SeedCount = Annotated[int, Field(ge=2, le=10_000)]


class Limits(Section):
    """Gradient descent in small steps, many of them."""

    lr: Positive
    shuffle: bool
    epochs: Count


class Recipes(Section):
    """Two networks: names of models, and how the perceptron's weights start."""

    mlp: Name
    lenet: Name
    init_std: NotNegative
    seeds: SeedCount


class Variations(Section):
    """Runs of a model with other settings, each from so many seeds."""

    seeds: SeedCount
    settings: dict[Name, Any]
    runs: Annotated[dict[Name, dict[Name, Any]], Field(min_length=1)]

    def settings_of(self, run: str) -> dict[str, Any]:
        """Return the settings of all runs, and those of this one."""
        return self.settings | self.runs[run]


class Studies(Section):
    """The studies' own settings; see the scripts of these names in studies/."""

    nudge: Positive
    learning_rates: Annotated[list[Positive], Field(min_length=1)]
    limits: Limits
    recipes: Recipes
    variations: dict[Name, Variations]


SECTIONS = {"seeds": dict[Name, SeedCount], "studies": Studies}


def check(params: Section) -> None:
    """Refuse seeds of a model that is none, and settings that a model can't have."""
    for name in params.seeds or {}:
        if name not in params.models:
            raise UserError(f"params.yaml: seeds.{name} names no model")
    of_models = params.studies.variations if params.studies else {}
    for name, variations in of_models.items():
        if block := params.models.get(name):
            for run in variations.runs:
                entry = block.model_dump(exclude_unset=True)
                entry |= variations.settings_of(run)
                key = f"studies.variations.{name}.runs.{run}"
                checked(entry, type(block), "params.yaml", key)
