"""Input files: the folder of a dataset."""

import logging
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from datasets.fashion_mnist import CLASS_NAMES, SHA256, decode_idx
from pipeline.command import UserError

log = logging.getLogger(__name__)


class Part(NamedTuple):
    """The training or the test part of a dataset.

    features: points (rows, 3) float64, or images (rows, 1, height, width) uint8.
    targets: (rows,) int64, each in [0, classes).
    """

    features: np.ndarray
    targets: np.ndarray


class Dataset(NamedTuple):
    """A dataset; class_names[i] names target i."""

    train: Part
    test: Part
    class_names: list[str]

    @property
    def has_images(self) -> bool:
        """Whether the features are images, not points."""
        return self.train.features.ndim == 4

    def layer_sizes(self, hidden: list[int]) -> list[int]:
        """Return [inputs, *hidden, classes] of a model for this dataset."""
        inputs = math.prod(self.train.features.shape[1:])
        return [inputs, *hidden, len(self.class_names)]


def read_dataset(folder: Path) -> Dataset:
    """Read a folder with Fashion-MNIST's four files, or with a train.csv and a test.csv.

    Raises:
        UserError: a file is missing or does not hold what its name says.
    """
    if (folder / "train.csv").exists():
        train, test = (
            read_samples(folder / f"{part}.csv") for part in ("train", "test")
        )
        classes = train.targets.max() + 1
        if test.targets.max() >= classes:
            raise UserError(
                f"{folder}/test.csv has label {test.targets.max()}, "
                f"expected at most {classes - 1}, the largest of train.csv"
            )
        class_names = [f"label {i}" for i in range(classes)]
    else:
        train, test = (
            Part(*(read_idx(folder / name) for name in SHA256 if name.startswith(part)))
            for part in ("train", "t10k")
        )
        class_names = CLASS_NAMES
    log.info(
        "read %s: %d training and %d test rows",
        folder,
        len(train.targets),
        len(test.targets),
    )
    return Dataset(train, test, class_names)


def as_matrix(part: Part, dtype: str = "float64") -> np.ndarray:
    """Return the features (rows, columns) of that dtype, images scaled to [0, 1]."""
    matrix = part.features.reshape(len(part.features), -1).astype(dtype)
    return matrix / 255 if part.features.dtype == np.uint8 else matrix


def read_idx(path: Path) -> np.ndarray:
    """Read one of Fashion-MNIST's files: images (rows, 1, 28, 28) uint8 or labels int64."""
    try:
        array = decode_idx(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path} {error}") from error
    return array[:, np.newaxis] if array.ndim == 3 else array.astype(np.int64)


def read_samples(path: Path) -> Part:
    """Read the columns x, y, z and label of a CSV; other columns are left alone."""
    columns = read_columns(path)
    missing = [name for name in ("x", "y", "z", "label") if name not in columns]
    if missing:
        raise UserError(f"{path} has no column {missing[0]}, only {', '.join(columns)}")
    label = columns["label"]
    if (label != label.round()).any() or label.min() < 0:
        raise UserError(f"{path} has a label that is not a whole number from 0 up")
    points = np.stack([columns["x"], columns["y"], columns["z"]], axis=1)
    return Part(points, label.astype(np.int64))


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """Read a CSV of finite numbers as {column: (rows,) float64}."""
    try:
        header, *lines = path.read_text(encoding="utf-8-sig").splitlines() or [""]
        names = header.split(",")
        if not lines:
            raise UserError(f"{path} has no rows")
        table = np.loadtxt(lines, delimiter=",", ndmin=2)
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path} is not a CSV of numbers: {error}") from error
    if table.shape[1] != len(names):
        raise UserError(
            f"{path} has {table.shape[1]} numbers a row, "
            f"expected rows of {len(names)}: {', '.join(names)}"
        )
    if not np.isfinite(table).all():
        raise UserError(f"{path} holds a number that is not finite")
    return dict(zip(names, table.T, strict=True))
