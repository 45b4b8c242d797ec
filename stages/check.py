"""Check params.yaml as a whole, before DVC removes an output of another stage.

A model is held against its data, too, where the data is there already. Data that no stage
will make must be there: DVC would miss it only after it has removed the model's outputs.

byhand/ROOM/settings.py has the schemas of a room's sections, as SECTIONS. Its function
`check`, if it has one, refuses what a schema can't.
"""

import os
import re
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, create_model

from byhand.datasets.folder import Dataset, read_dataset
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_bytes, write_json
from byhand.pipeline.params import Name, Section, Seed, load_params
from byhand.training.blocks import Model, Models, load_model
from byhand.training.rooms import ROOMS
from byhand.training.settings import Train

SETTINGS = [
    import_module(f"byhand.{path.parent.name}.settings")
    for path in sorted(ROOMS.glob("*/settings.py"))
]


class Params(Section):
    """What params.yaml always has; a section with a name of its own is a recipe like train."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Name, Train]

    seed: Seed
    models: Models


def main() -> None:
    # git compares whole seconds and sizes: so it sees a file that DVC has just rewritten
    os.utime("params.yaml", times=(time.time(), time.time() + 1))
    pipelines = read_pipelines()
    params = load_params("", schema(pipelines))
    for settings in SETTINGS:
        if hasattr(settings, "check"):
            settings.check(params)
    to_come = {out for stage in pipelines for out in outs(stage, params)}
    models_of: dict[str, dict[str, Model]] = {}
    for name in params.models:
        block = load_model(name)
        models_of.setdefault(block.data, {})[name] = block
    for data, blocks in models_of.items():  # one dataset at a time is in memory
        if dataset := read_if_there(next(iter(blocks)), data, to_come):
            for name, block in blocks.items():
                rows = block.prepared(dataset, params.seed).train_rows
                block.check(name, dataset.shape, rows)
    write_bytes(Path("data/checked_params.txt"), b"params.yaml is as its schema says\n")
    # without comments and layout; keys stay in their order
    write_json(Path("data/params.json"), load_params("", dict[str, Any]))


def read_pipelines(root: Path = Path()) -> list[dict[str, Any]]:
    """Return the stages of dvc.yaml, and of each dvc.yaml in a folder beside it."""
    return [
        stage
        for path in (*root.glob("dvc.yaml"), *root.glob("*/dvc.yaml"))
        for stage in yaml.safe_load(path.read_bytes())["stages"].values()
    ]


def schema(stages: list[dict[str, Any]]) -> type[Params]:
    """Return the schema of params.yaml: a section must be there if a stage names it."""
    named = set().union(*map(sections_named, stages))
    known = {k: v for s in SETTINGS for k, v in getattr(s, "SECTIONS", {}).items()}
    # a section that is left out is None; nobody may write null
    fields = {k: (v, ... if k in named else None) for k, v in known.items()}
    return create_model("Params", __base__=Params, **fields)


def sections_named(stage: dict[str, Any]) -> set[str]:
    """Return the sections of params.yaml that a stage names: in params, and in ${ }."""
    keys = [k for k in stage.get("do", stage).get("params", []) if isinstance(k, str)]
    keys += re.findall(r"\${(\w+)", str(stage))
    return {key.partition(".")[0] for key in keys}


def outs(stage: dict[str, Any], params: Params) -> Iterator[str]:
    """Yield the paths that a stage writes; * stands for a name that is not known here."""
    each = stage.get("foreach", [""])
    if isinstance(each, str):  # ${samples}
        each = getattr(params, each.strip("${}"), ["${item}"])
    pairs = each.items() if isinstance(each, dict) else enumerate(each)
    for key, item in pairs:
        for out in stage.get("do", stage).get("outs", []):
            path = out if isinstance(out, str) else next(iter(out))
            path = path.replace("${key}", str(key)).replace("${item}", str(item))
            yield re.sub(r"\${[^}]*}", "*", path)


def read_if_there(name: str, data: str, to_come: set[str]) -> Dataset | None:
    """Return the data of a model, or None if it is not there yet.

    Data that stages make may be half there, after one was stopped: they make it again.

    to_come: patterns of what stages make.
    """
    folder = Path(data)
    made_by_stages = any(fnmatch(folder.as_posix(), pattern) for pattern in to_come)
    if not folder.exists():
        if made_by_stages or Path(f"{folder}.dvc").exists():
            return None
        raise UserError(
            f"params.yaml: models.{name}.data must be a folder that is there or that a "
            f"stage makes, got {data!r}"
        )
    try:
        return read_dataset(folder)
    except (UserError, OSError):
        if made_by_stages:
            return None
        raise
