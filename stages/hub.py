"""Write hub/: models, data and a Space in the formats of the Hugging Face Hub.

Nothing is sent anywhere: `hf upload` does that, see docs/hub.md.
"""

import logging
import shutil
from itertools import compress
from pathlib import Path

import numpy as np

from byhand.datasets.folder import read_dataset, read_test
from byhand.datasets.settings import FASHION_MNIST
from byhand.huggingface.models import has_form, write_card, write_model
from byhand.huggingface.space import write_space
from byhand.pipeline.outputs import read_json, replacing_folder
from byhand.pipeline.params import load_params
from byhand.training import models
from byhand.training.blocks import Models
from byhand.training.trained import About, Trained, read_trained

log = logging.getLogger(__name__)


def main() -> None:
    names = load_params("models", Models)
    trained = {m: read_trained(Path(f"models/{m}.safetensors")) for m in names}
    # the Hub takes models of images
    trained = {
        name: model
        for name, model in trained.items()
        if has_form(model.about.block) and not model.about.columns
    }
    # models of the same images share a test set
    tests = {model.about.block.data: model.about for model in trained.values()}
    rows = {folder: rows_by_class(about) for folder, about in tests.items()}
    with replacing_folder(Path("hub")) as hub:
        shutil.copytree("data/hub", hub, dirs_exist_ok=True)
        for name, model in trained.items():
            export(hub / name, name, model, rows[model.about.block.data])
            log.info("made %s", name)
        shown = [
            m for m, model in trained.items() if model.about.block.data == FASHION_MNIST
        ]
        write_space(hub / "space", shown, read_dataset(FASHION_MNIST))


def rows_by_class(about: About) -> np.ndarray:
    """Return how many test images each class of a model has."""
    data = read_test(about.block.data, about.class_names, about.columns, about.shape)
    return np.bincount(data.test.targets, minlength=len(about.class_names))


def export(folder: Path, name: str, trained: Trained, rows: np.ndarray) -> None:
    """Write a model's folder; rows are the test images of each class."""
    about = trained.about
    arrays = [tensor.detach() for tensor in models.tensors(trained.model).values()]
    write_model(folder, about.block, arrays, tuple(about.shape), about.class_names)

    test = read_json(Path(f"metrics/test/{name}.json"))
    # a class without test images has no accuracy
    test["per_class_accuracy"] = list(compress(test["per_class_accuracy"], rows))
    train = read_json(Path(f"metrics/train/{name}.json"))
    title = "Fashion-MNIST" if about.block.data == FASHION_MNIST else about.block.data
    write_card(folder, name, about.block, about.seed, title, train, test)
