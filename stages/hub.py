"""Write hub/: models, data and a Space in the formats of the Hugging Face Hub.

Nothing is sent anywhere: `hf upload` does that, see docs/hub.md.
"""

import logging
import shutil
from itertools import compress
from pathlib import Path

import numpy as np
import torch

from byhand.datasets.folder import Dataset, read_dataset
from byhand.datasets.settings import FASHION_MNIST
from byhand.huggingface.models import has_form, write_card, write_model
from byhand.huggingface.space import write_space
from byhand.pipeline.outputs import read_json, replacing_folder
from byhand.pipeline.params import Seed, load_params
from byhand.training import models
from byhand.training.blocks import Models, load_model

log = logging.getLogger(__name__)


def main() -> None:
    blocks = load_params("models", Models)
    # the Hub takes models of images; a folder of points has a train.csv
    blocks = {
        name: block
        for name, block in blocks.items()
        if has_form(block) and not (Path(block.data) / "train.csv").exists()
    }
    folders = {block.data for block in blocks.values()} | {FASHION_MNIST}
    datasets = {folder: read_dataset(folder) for folder in sorted(folders)}
    with replacing_folder(Path("hub")) as hub:
        shutil.copytree("data/hub", hub, dirs_exist_ok=True)
        for name, block in blocks.items():
            export(hub / name, name, datasets[block.data])
            log.info("made %s", name)
        shown = [name for name, block in blocks.items() if block.data == FASHION_MNIST]
        write_space(hub / "space", shown, datasets[FASHION_MNIST])


def export(folder: Path, name: str, dataset: Dataset) -> None:
    """Write a model's folder."""
    block, classes = load_model(name), len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, torch.device("cpu"))
    models.read_model(Path(f"models/{name}.safetensors"), model)
    arrays = [tensor.detach() for tensor in models.tensors(model).values()]
    write_model(folder, block, arrays, dataset.shape, dataset.class_names)

    test = read_json(Path(f"metrics/test/{name}.json"))
    # a class without test images has no accuracy
    rows = np.bincount(dataset.test.targets, minlength=classes)
    test["per_class_accuracy"] = list(compress(test["per_class_accuracy"], rows))
    train = read_json(Path(f"metrics/train/{name}.json"))
    title = "Fashion-MNIST" if block.data == FASHION_MNIST else block.data
    write_card(folder, name, block, load_params("seed", Seed), title, train, test)
