"""Check params.yaml as a whole, before DVC removes what any other stage wrote last."""

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from stages.datasets.settings import Generate, Preview, SampleSet, Split
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_bytes
from stages.pipeline.params import Name, Section, Seed, load_params
from stages.titanic.settings import Titanic
from stages.training.blocks import Fit, Models, Seeds, Train

# a model's folder in hub/ lies beside them
OTHERS_IN_HUB = {"fashion_mnist", "samples", "space"}


class Params(Section):
    """params.yaml as a whole; a section with a name of its own is a recipe like train."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Name, Train]

    seed: Seed
    preview: Preview
    generate: Generate
    samples: Annotated[dict[Name, SampleSet], Field(min_length=1)]
    split: Split
    train: Train
    fit: Fit
    seeds: Seeds
    models: Models
    titanic: Titanic


def main() -> None:
    params = load_params("", Params)
    blocks = params.models.values()
    # the sections that they are trained by, each once
    for recipe, schema in dict.fromkeys((block.recipe, block.by) for block in blocks):
        load_params(recipe, schema)
    for name in params.seeds.model_extra:
        if name not in params.models:
            raise UserError(f"params.yaml: seeds.{name} names no model")
    for name in sorted(OTHERS_IN_HUB & params.models.keys()):
        raise UserError(
            f"params.yaml: models.{name} needs another name, hub/{name} is no model's"
        )
    write_bytes(Path("data/checked_params.txt"), b"params.yaml is as its schema says\n")
