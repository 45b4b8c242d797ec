"""A trained model in a file, with all that its use takes: its tensors, and what they mean."""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from byhand.datasets.folder import Part, as_matrix
from byhand.datasets.folder.scale import Scale
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_safetensors, write_arrays
from byhand.pipeline.params import Section, checked
from byhand.training.blocks import Model
from byhand.training.kinds.logistic import Logistic
from byhand.training.rooms import find


class About(Section):
    """What a model's file says beside its tensors.

    block: complete, as `load_model` returns it.
    class_names: of the classes 0, 1, …
    columns: names of the features of points; none for images.
    shape: of a row, [columns] or [channels, height, width].
    scale: a `Scale`, by which points are standardized before the model sees them.
    seed: of the training.
    train_sha256: digest of the training set, `Part.sha256`.
    versions: of the packages that trained the model.
    """

    block: Model
    class_names: list[str]
    columns: list[str]
    shape: list[int]
    scale: dict[str, list[float]] | None
    seed: int
    train_sha256: str
    versions: dict[str, str]


class Trained(NamedTuple):
    """A model that has learnt, ready for use."""

    about: About
    model: Any

    def logits(self, features: np.ndarray, place: str = "the data") -> np.ndarray:
        """Return the logits (rows, classes) of points or images, as `Part` has them.

        place: of the features, for the UserError of a value too large to be standardized.
        """
        if self.about.scale:
            scale = Scale(**{k: np.array(v) for k, v in self.about.scale.items()})
            features = scale.apply(features, self.about.columns, place)
        if isinstance(self.about.block, Logistic):
            return self.model.predict(as_matrix(Part(features, np.empty(0))))
        from byhand.training.device import enough_memory
        from byhand.training.loop import predict

        with enough_memory():
            return predict(self.model, features).cpu().numpy()


def write_trained(path: Path, model, about: About) -> None:
    """Write a model's file."""
    write_arrays(path, arrays_of(model), about.model_dump())


def arrays_of(model) -> dict[str, np.ndarray]:
    """Return the tensors of any model by name."""
    if hasattr(model, "arrays"):  # scikit-learn's, which need no PyTorch
        return model.arrays()
    from byhand.training.models import arrays

    return arrays(model)


def read_trained(path: Path) -> Trained:
    """Return the model in a file, on the device that DEVICE names.

    Raises:
        UserError: the file is none of `write_trained`'s, or its tensors are another model's.
    """
    arrays, about = read_safetensors(path)
    if not about:
        raise UserError(
            f"{path} does not say what model it is, expected a file that the stage train wrote"
        )
    about = checked(about, About, str(path))
    classes = len(about.class_names)
    if isinstance(about.block, Logistic):
        found = {name: array.shape for name, array in arrays.items()}
        expected = {"bias": (classes,), "weight": (classes, math.prod(about.shape))}
        if found != expected:
            raise UserError(f"{path} has tensors {found}, expected {expected}")
        model = find(about.block.how, about.block.kind)()
        vars(model).update(arrays)
        return Trained(about, model)
    from byhand.training import models
    from byhand.training.device import enough_memory, reproducible_device

    shape, device = tuple(about.shape), reproducible_device()
    with enough_memory():
        model = models.build(about.block, shape, classes, device)
    models.fill(model, arrays, path)
    return Trained(about, model)
