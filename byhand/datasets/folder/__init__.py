"""What a dataset is, and how a folder becomes one."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.datasets.folder.idx import read_idx_files, read_test_idx
from byhand.datasets.folder.images import read_image_folders, read_test_folder, visible
from byhand.datasets.folder.names import listed
from byhand.datasets.folder.points import read_tables, read_test_table
from byhand.datasets.folder.scale import Scale
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

TEST_BATCH_SIZE = 1000  # rows of a test set that a model predicts at once
MAX_CLASSES = 1000  # more are a mistake that would cost memory


class Kind(NamedTuple):
    """A kind of dataset: who reads it, who reads its test part alone, and which files."""

    read: Callable
    read_test: Callable
    names: list[str]  # the first marks the kind


KINDS = [
    Kind(read_tables, read_test_table, ["train.csv", "test.csv"]),
    Kind(
        read_idx_files,
        read_test_idx,
        [
            *("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
            *("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "classes.txt"),
        ],
    ),
    Kind(read_image_folders, read_test_folder, ["train", "test"]),
]


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

    def sha256(self) -> str:
        """Return a digest of the rows, as hexadecimal digits."""
        digest = hashlib.sha256()
        for array in self:
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()


class Dataset(NamedTuple):
    """What a model learns from, and what it is measured on.

    class_names: of the classes 0, 1, …
    columns: names of the points' columns; none for images.
    validation: rows of the training set that do not train, if some are held out.
    scale: by which the points are standardized, if they are.
    """

    train: Part
    test: Part
    class_names: list[str]
    columns: list[str]
    validation: Part | None = None
    scale: Scale | None = None

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

    def hold_out(self, fraction: float, seed: int) -> "Dataset":
        """Return the dataset with floor(fraction · rows) training rows held out.

        The seed draws these rows; all rows keep their order.
        """
        rows = len(self.train.targets)
        held_out = np.zeros(rows, dtype=bool)
        order = np.random.default_rng(seed).permutation(rows)
        held_out[order[: int(fraction * rows)]] = True
        train, validation = (
            Part(self.train.features[chosen], self.train.targets[chosen])
            for chosen in (~held_out, held_out)
        )
        return self._replace(train=train, validation=validation)


def read_dataset(folder: Path | str, train_features: bool = True) -> Dataset:
    """Read a folder with a dataset in it, points or images: see `points` and `images`.

    train_features: whether the features of training points are needed; if not, they are not
        read, and have no columns.

    Raises:
        UserError: the folder has no dataset, or a file is not what its name says.
    """
    folder = Path(folder)
    kind = find_kind(folder)
    options = [train_features] if kind.read is read_tables else []
    train, test, class_names, columns = kind.read(folder, *options)
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
    return dataset


def read_test(
    folder: Path | str, class_names: list[str], columns: list[str], shape: list[int]
) -> Dataset:
    """Read the test part alone, for a model that knows these classes, columns and shape.

    The training part has no rows.

    Raises:
        UserError: as `read_dataset`; or the test part is not as the model knows it.
    """
    folder = Path(folder)
    read = find_kind(folder).read_test
    test = Part(*read(folder, class_names, columns, tuple(shape)))
    log.info("read %s: %d test rows", folder, len(test.targets))
    return Dataset(
        Part(test.features[:0], test.targets[:0]), test, class_names, columns
    )


def find_kind(folder: Path) -> Kind:
    """Return the kind of dataset that a folder has, and warn of what will not be read."""
    names = [path.name for path in visible(folder)]
    plain = {name.removesuffix(".gz") for name in names}
    found = [kind for kind in KINDS if kind.names[0] in plain]
    if len(found) != 1:
        has = [kind.names[0] for kind in found]
        raise UserError(
            f"{folder} has {' and '.join(has) or 'no dataset'}, expected one of "
            f"{', '.join(kind.names[0] for kind in KINDS)}, and only one"
        )
    (kind,) = found
    # an IDX file may be plain or compressed; the plain one is read
    read = {name if name in names else f"{name}.gz" for name in kind.names}
    if unread := [name for name in names if name not in read]:
        log.warning("%s: not read: %s", folder, listed(unread))
    return kind


def as_matrix(part: Part) -> np.ndarray:
    """Return the features as (rows, columns) float64, images scaled to [0, 1]."""
    matrix = part.features.reshape(len(part.features), -1).astype(float)
    return matrix / 255 if part.features.dtype == np.uint8 else matrix
