"""What a dataset is, and how a folder becomes one."""

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.datasets.folder.images import read_idx_files, read_image_folders
from byhand.datasets.folder.points import read_tables
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

MAX_CLASSES = 1000  # more are a mistake that would cost memory
# the file or folder that marks a kind of dataset, and its reader
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
    targets: (rows,) int64, in [0, classes).
    """

    features: np.ndarray
    targets: np.ndarray

    def split(self, rate: float) -> tuple["Part", "Part"]:
        """Return the first rows, floor(rate · rows) of them, and the other rows."""
        rows = int(rate * len(self.targets))
        first = Part(self.features[:rows], self.targets[:rows])
        return first, Part(self.features[rows:], self.targets[rows:])


class Dataset(NamedTuple):
    """Two parts, the names of classes 0, 1, … and the names of columns (none for images)."""

    train: Part
    test: Part
    class_names: list[str]
    columns: list[str]

    @property
    def has_images(self) -> bool:
        """Whether the features are images; otherwise they are points."""
        return self.test.features.ndim == 4

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a row's features."""
        return self.test.features.shape[1:]

    @property
    def train_rows(self) -> list[int]:
        """How many training rows each class has."""
        counts = np.bincount(self.train.targets, minlength=len(self.class_names))
        return counts.tolist()


def read_dataset(
    folder: Path | str, standardize: bool = False, train_features: bool = True
) -> Dataset:
    """Read a folder with a dataset in it, points or images: see `points` and `images`.

    standardize: whether points get mean 0 and standard deviation 1.
    train_features: whether the features of training points are needed; if not, and if
        nothing is standardized, they are not read, and have no columns.

    Raises:
        UserError: the folder has no dataset, or a file is not what its name says.
    """
    folder = Path(folder)
    found = [read for name, read in READERS.items() if (folder / name).exists()]
    if not found:
        raise UserError(f"{folder} has no dataset, none of {', '.join(READERS)}")
    options = [train_features or standardize] if found[0] is read_tables else []
    train, test, class_names, columns = found[0](folder, *options)
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
    """Return points whose columns have mean 0 and standard deviation 1 in the training rows.

    A column that is constant in the training rows becomes 0 there.
    """
    mean, std = (f(dataset.train.features, axis=0) for f in (np.mean, np.std))
    std[std == 0] = 1
    train, test = (
        part._replace(features=(part.features - mean) / std) for part in dataset[:2]
    )
    return dataset._replace(train=train, test=test)


def as_matrix(part: Part) -> np.ndarray:
    """Return the features as (rows, columns) float64, images scaled to [0, 1]."""
    matrix = part.features.reshape(len(part.features), -1).astype(float)
    return matrix / 255 if part.features.dtype == np.uint8 else matrix
