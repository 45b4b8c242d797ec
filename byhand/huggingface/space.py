"""A Space, a small web application on the Hub, that shows models side by side."""

import shutil
from pathlib import Path

import numpy as np

from byhand.datasets.folder import Dataset
from byhand.pipeline.outputs import png

APP = Path(__file__).with_name("app")


def write_space(folder: Path, models: list[str], dataset: Dataset) -> None:
    """Write the app, and the first test image of each class of Fashion-MNIST.

    models names the folders beside `folder` that hold models.
    """
    shutil.copytree(APP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "models.txt").write_text("\n".join(models) + "\n")
    (folder / "images").mkdir()
    for target, name in enumerate(dataset.class_names):
        first = np.flatnonzero(dataset.test.targets == target)[0]
        path = folder / "images" / f"{target} {name}.png"
        path.write_bytes(png(dataset.test.features[first]))
