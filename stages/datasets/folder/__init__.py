"""What a dataset is, and how a folder becomes one."""

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.datasets.folder.images import read_idx_files, read_image_folders
from stages.datasets.folder.points import read_tables
from stages.pipeline.errors import UserError

log = logging.getLogger(__name__)

MAX_CLASSES = 1000  # more are a mistake, and would cost memory
# what marks a folder of a kind, and how it is read
READERS = {
    "train.csv": read_tables,
    "train-images-idx3-ubyte": read_idx_files,
    "train-images-idx3-ubyte.gz": read_idx_files,
    "train": read_image_folders,
}


class Part(NamedTuple):
    """The training or the test part of a dataset.

    features: points (rows, columns) float64, or images (rows, channels, height, width)
    uint8, of one channel (grey) or three (red, green, blue).
    targets: (rows,) int64, each in [0, classes).
    """

    features: np.ndarray
    targets: np.ndarray


class Dataset(NamedTuple):
    """A dataset.

    class_names: of each target, from 0.
    columns: names of the features of points; of images, none.
    """

    train: Part
    test: Part
    class_names: list[str]
    columns: list[str]

    @property
    def has_images(self) -> bool:
        """Whether the features are images, not points."""
        return self.train.features.ndim == 4

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a row's features."""
        return self.train.features.shape[1:]

    @property
    def train_rows(self) -> list[int]:
        """How many training rows each class has."""
        counts = np.bincount(self.train.targets, minlength=len(self.class_names))
        return counts.tolist()


def read_dataset(folder: Path | str, standardize: bool = False) -> Dataset:
    """Read a folder with a dataset in it.

    It holds train.csv and test.csv (see `points`), or the four IDX files of Fashion-MNIST,
    or folders train and test of images (see `images`). If asked for, points are standardized.

    Raises:
        UserError: it holds none of these, or a file is not what its name says.
    """
    folder = Path(folder)
    found = [read for name, read in READERS.items() if (folder / name).exists()]
    if not found:
        raise UserError(f"{folder} has no dataset, none of {', '.join(READERS)}")
    train, test, class_names, columns = found[0](folder)
    if len(class_names) > MAX_CLASSES:
        raise UserError(
            f"{folder} has {len(class_names)} classes, expected at most {MAX_CLASSES}"
        )
    log.info(
        "read %s: %d training and %d test rows, %d classes",
        *(folder, len(train[1]), len(test[1]), len(class_names)),
    )
    dataset = Dataset(Part(*train), Part(*test), class_names, columns)
    return standardized(dataset) if standardize else dataset


def standardized(dataset: Dataset) -> Dataset:
    """Return points whose columns have mean 0 and standard deviation 1 in training rows.

    A column that is the same in all of them becomes 0 there.
    """
    mean, std = (f(dataset.train.features, axis=0) for f in (np.mean, np.std))
    std[std == 0] = 1
    train, test = (
        part._replace(features=(part.features - mean) / std) for part in dataset[:2]
    )
    return dataset._replace(train=train, test=test)


def as_matrix(part: Part) -> np.ndarray:
    """Return the features (rows, columns) float64, images scaled to [0, 1]."""
    matrix = part.features.reshape(len(part.features), -1).astype(float)
    return matrix / 255 if part.features.dtype == np.uint8 else matrix
