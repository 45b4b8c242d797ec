"""What a dataset is, and how a folder becomes one."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.datasets.folder.images import read_idx_files, read_image_folders, visible
from byhand.datasets.folder.names import listed
from byhand.datasets.folder.points import read_tables
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

MAX_CLASSES = 1000  # more are a mistake that would cost memory
# each kind of dataset: its reader, and what that reads; the first name marks the kind
READERS = {
    read_tables: ["train.csv", "test.csv"],
    read_idx_files: [
        *("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        *("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "classes.txt"),
    ],
    read_image_folders: ["train", "test"],
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
    read = find_reader(folder)
    options = [train_features or standardize] if read is read_tables else []
    train, test, class_names, columns = read(folder, *options)
    if len(class_names) > MAX_CLASSES:
        raise UserError(
            f"{folder} has {len(class_names)} classes, expected at most {MAX_CLASSES}; labels "
            "are classes, there is no regression here"
        )
    log.info(
        "read %s: %d training and %d test rows, %d classes",
        *(folder, len(train[1]), len(test[1]), len(class_names)),
    )
    dataset = Dataset(Part(*train), Part(*test), class_names, columns)
    if len(class_names) == 1:
        log.warning("%s has one class only, %s", folder, class_names[0])
    empty = [name for name, n in zip(class_names, dataset.train_rows) if not n]
    if empty:
        log.warning("%s has no training rows of %s", folder, listed(empty))
    return standardized(dataset) if standardize and not dataset.has_images else dataset


def find_reader(folder: Path) -> Callable:
    """Return the reader of a folder's kind of dataset, and warn of what it will not read."""
    names = [path.name for path in visible(folder)]
    plain = {name.removesuffix(".gz") for name in names}
    found = {read: reads for read, reads in READERS.items() if reads[0] in plain}
    if len(found) != 1:
        marks = [reads[0] for reads in READERS.values()]
        has = [reads[0] for reads in found.values()]
        raise UserError(
            f"{folder} has {' and '.join(has) or 'no dataset'}, "
            f"expected one of {', '.join(marks)}, and only one"
        )
    ((reader, reads),) = found.items()
    # an IDX file may be plain or compressed; the plain one is read
    reads = {name if name in names else f"{name}.gz" for name in reads}
    if unread := [name for name in names if name not in reads]:
        log.warning("%s: not read: %s", folder, listed(unread))
    return reader


def standardized(dataset: Dataset) -> Dataset:
    """Return points whose columns have mean 0 and standard deviation 1 in the training rows.

    A column that is constant in the training rows becomes 0 there, and its distance from
    this constant in the test rows.

    Raises:
        UserError: a test value is too far away from the training rows for a float64.
    """
    train = dataset.train.features
    with np.errstate(over="ignore"):
        low, high = train.min(axis=0), train.max(axis=0)
        # the mean's rounding must not hide differences as small as these
        origin = np.where(high - low <= 1e-6 * np.abs(high), low, 0)
        largest = np.abs(train - origin).max(axis=0)
        largest[largest == 0] = 1
        # units are powers of two: no digit changes, and no square overflows
        unit = np.ldexp(1.0, np.frexp(largest)[1] - 1)
        features = [(part.features - origin) / unit for part in dataset[:2]]
        mean, std = (f(features[0], axis=0) for f in (np.mean, np.std))
        std[std == 0] = 1
        features = [(values - mean) / std for values in features]
    if len(beyond := np.argwhere(~np.isfinite(features[1]))):
        row, column = beyond[0]
        raise UserError(
            f"test.csv has {dataset.test.features[row, column]} in column "
            f"{dataset.columns[column]}, too far from train.csv's to be standardized"
        )
    train, test = (p._replace(features=f) for p, f in zip(dataset[:2], features))
    return dataset._replace(train=train, test=test)


def as_matrix(part: Part) -> np.ndarray:
    """Return the features as (rows, columns) float64, images scaled to [0, 1]."""
    matrix = part.features.reshape(len(part.features), -1).astype(float)
    return matrix / 255 if part.features.dtype == np.uint8 else matrix
