"""Check params.yaml as a whole, before DVC removes an output of another stage.

A model is held against its data, too, where the data is there already. Data that no stage
will make must be there: DVC would miss it only after it has removed the model's outputs.
"""

import os
import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from byhand.datasets.folder import read_dataset
from byhand.datasets.settings import FASHION_MNIST, Generate, Preview, SampleSet, Split
from byhand.evaluation.settings import SeedCount, Studies
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_bytes, write_json
from byhand.pipeline.params import Name, Section, Seed, load_params
from byhand.titanic.settings import Titanic
from byhand.training.blocks import Models, load_model
from byhand.training.settings import Fit, Train

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
    seeds: dict[Name, SeedCount]
    studies: Studies
    models: Models
    titanic: Titanic


def main() -> None:
    # git compares whole seconds and sizes: so it sees a file that DVC has just rewritten
    os.utime("params.yaml", times=(time.time(), time.time() + 1))
    params = load_params("", Params)
    for name in params.seeds:
        if name not in params.models:
            raise UserError(f"params.yaml: seeds.{name} names no model")
    for name in sorted(OTHERS_IN_HUB & params.models.keys()):
        raise UserError(
            f"params.yaml: models.{name} needs another name, hub/{name} is no model's"
        )
    found = {}
    for name in params.models:
        block = load_model(name)
        if block.data not in found:
            found[block.data] = read_if_there(name, block.data, params)
        if shape_and_rows := found[block.data]:
            block.check(name, *shape_and_rows)
    write_bytes(Path("data/checked_params.txt"), b"params.yaml is as its schema says\n")
    # without comments and layout; keys stay in their order
    write_json(Path("data/params.json"), load_params("", dict[str, Any]))


def read_if_there(name: str, data: str, params: Params) -> tuple | None:
    """Return the shape and the training rows of a model's data, or None if not there yet.

    Data that stages make may be half there, after one was stopped: they make it again.
    """
    folder = Path(data)
    made_by_stages = {Path("data/split", key) for key in params.samples}
    made_by_stages.add(Path(FASHION_MNIST))
    if not folder.exists():
        if folder in made_by_stages or is_output(folder):
            return None
        raise UserError(
            f"params.yaml: models.{name}.data must be a folder that is there or that a "
            f"stage makes, got {data!r}"
        )
    try:
        dataset = read_dataset(folder)
        return dataset.shape, dataset.train_rows
    except (UserError, OSError):
        if folder in made_by_stages:
            return None
        raise


def is_output(folder: Path) -> bool:
    """Return whether DVC can bring a folder: from a .dvc file, or by a stage of a user's."""
    lines = Path("dvc.yaml").read_text(encoding="utf-8").splitlines()
    named = {f"- {folder}", f"- {folder}:"} & set(map(str.strip, lines))
    return bool(named) or Path(f"{folder}.dvc").exists()
