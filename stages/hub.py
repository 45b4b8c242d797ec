"""Write hub/: models, data and a Space in the formats of the Hugging Face Hub.

Nothing is sent anywhere: what is left to do is `hf upload`, see the README.
"""

import logging
import shutil
from itertools import compress
from pathlib import Path

import numpy as np
import torch

from stages.datasets.folder import Dataset, read_dataset
from stages.huggingface.models import KINDS, write_card, write_model
from stages.huggingface.space import write_space
from stages.pipeline.files import read_json, replacing_folder
from stages.pipeline.params import Seed, load_params
from stages.training import models
from stages.training.blocks import Models, load_model

log = logging.getLogger(__name__)

FASHION_MNIST = "data/FashionMNIST/raw"


def main() -> None:
    blocks = load_params("models", Models)
    folders = {block.data for block in blocks.values()} | {FASHION_MNIST}
    datasets = {folder: read_dataset(folder) for folder in sorted(folders)}
    of_images = [
        name
        for name, block in blocks.items()
        if block.kind in KINDS and datasets[block.data].has_images
    ]
    with replacing_folder(Path("hub")) as hub:
        shutil.copytree("data/hub", hub, dirs_exist_ok=True)
        for name in of_images:
            export(hub / name, name, datasets[blocks[name].data])
            log.info("made %s", name)
        on_fashion_mnist = [n for n in of_images if blocks[n].data == FASHION_MNIST]
        write_space(hub / "space", on_fashion_mnist, datasets[FASHION_MNIST])


def export(folder: Path, name: str, dataset: Dataset) -> None:
    """Write a model's folder."""
    block, classes = load_model(name), len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, torch.device("cpu"))
    models.read_model(Path(f"models/{name}.safetensors"), model)
    arrays = [tensor.detach() for tensor in models.tensors(model).values()]
    test = read_json(Path(f"metrics/test/{name}.json"))
    rows = np.bincount(dataset.test.targets, minlength=classes)
    test["per_class_accuracy"] = list(compress(test["per_class_accuracy"], rows))
    write_model(folder, block, arrays, dataset.shape, dataset.class_names)
    write_card(
        folder,
        name,
        block,
        load_params("seed", Seed),
        "Fashion-MNIST" if block.data == FASHION_MNIST else block.data,
        read_json(Path(f"metrics/train/{name}.json")),
        test,
    )
