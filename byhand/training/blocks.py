"""A model's block in params.yaml, complete with the section it is trained by.

The files in kinds/ have the schemas of blocks, one for each kind of model.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, Union

from pydantic import Field

from byhand.datasets.folder import Dataset, read_dataset
from byhand.pipeline.params import Name, checked, load_params
from byhand.training import kinds
from byhand.training.rooms import called_like

KINDS = [
    called_like(import_module(f"{kinds.__name__}.{module.name}"))
    for module in iter_modules(kinds.__path__)
]
Model = Annotated[Union[*KINDS], Field(discriminator="kind")]
Models = Annotated[dict[Name, Model], Field(min_length=1)]


def load_model(name: str, **changes: Any) -> Model:
    """Return a model's block, completed by the section of its recipe, as `load_params`.

    changes: settings that stand in place of the block's.
    """
    key = f"models.{name}"
    entry = load_params(key, dict[str, Any])
    return completed(checked(entry | changes, Model, "params.yaml", key))


def completed(block: Model) -> Model:
    """Return a block with the values of its recipe's section for all keys it has not."""
    section = load_params(block.recipe, block.by)
    missing = {key: value for key, value in section if getattr(block, key) is None}
    return block.model_copy(update=missing)


def load_model_and_data(name: str, seed: int, **changes: Any) -> tuple[Model, Dataset]:
    """Return a model's block, and the dataset it names, prepared as the block says.

    seed decides which rows are held out; changes are settings, as `load_model` takes them.

    Raises:
        UserError: either can't be read, or the model can't learn from the data.
    """
    block = load_model(name, **changes)
    dataset = block.prepared(read_dataset(block.data), seed)
    block.check(name, dataset.shape, dataset.train_rows)
    return block, dataset
