"""Input files: the folder of a dataset."""

import logging
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from datasets.fashion_mnist import CLASS_NAMES, SHA256, decode_idx
from pipeline.errors import UserError

log = logging.getLogger(__name__)

MAX_CLASSES = 1000  # a label beyond is a mistake, and would cost memory


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
        train, test = (read_images(folder, part) for part in ("train", "t10k"))
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


def read_images(folder: Path, part: str) -> Part:
    """Read the images and the labels of Fashion-MNIST's "train" or "t10k"."""
    images_path, labels_path = (
        folder / name for name in SHA256 if name.startswith(part)
    )
    images = read_idx(images_path, dimensions=3)
    labels = read_idx(labels_path, dimensions=1)
    if len(images) != len(labels) or not len(images):
        raise UserError(
            f"{images_path} has {len(images)} images and {labels_path} has "
            f"{len(labels)} labels, expected as many, and at least one"
        )
    if labels.max() >= len(CLASS_NAMES):
        raise UserError(
            f"{labels_path} has label {labels.max()}, "
            f"expected at most {len(CLASS_NAMES) - 1}"
        )
    return Part(images[:, np.newaxis], labels.astype(np.int64))


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """Read an IDX file of unsigned bytes that has as many dimensions."""
    try:
        array = decode_idx(path.read_bytes())
    except ValueError as error:
        raise UserError(f"{path} {error}") from error
    if array.ndim != dimensions:
        raise UserError(f"{path} has {array.ndim} dimensions, expected {dimensions}")
    return array


def read_samples(path: Path) -> Part:
    """Read the columns x, y, z and label of a CSV; other columns are left alone."""
    columns = read_columns(path)
    missing = [name for name in ("x", "y", "z", "label") if name not in columns]
    if missing:
        raise UserError(f"{path} has no column {missing[0]}, only {', '.join(columns)}")
    label = columns["label"]
    bad = label[(label != label.round()) | (label < 0) | (label >= MAX_CLASSES)]
    if len(bad):
        raise UserError(
            f"{path} has label {bad[0]:g}, "
            f"expected whole numbers from 0 to {MAX_CLASSES - 1}"
        )
    points = np.stack([columns["x"], columns["y"], columns["z"]], axis=1)
    return Part(points, label.astype(np.int64))


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """Read a CSV of finite numbers as {column: (rows,) float64}.

    Raises:
        UserError: it is something else; the message names the line.
    """
    try:
        header, *lines = path.read_text(encoding="utf-8-sig").splitlines() or [""]
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not text in UTF-8: {error}") from error
    names = header.split(",")
    if len(set(names)) < len(names):
        raise UserError(f"{path} has two columns of one name: {header}")
    if not any(lines):
        raise UserError(f"{path} has no rows")
    table = parse(lines)
    if table is None or table.shape[1] != len(names):
        raise UserError(f"{path}, {first_fault(names, lines)}")
    return dict(zip(names, table.T, strict=True))


def parse(lines: list[str]) -> np.ndarray | None:
    """Return lines of finite numbers as (rows, columns) float64, or None if they are not.

    Empty lines are left out.
    """
    try:
        table = np.loadtxt(lines, delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None
    return table if np.isfinite(table).all() else None


def first_fault(names: list[str], lines: list[str]) -> str:
    """Say which line of a CSV is the first that is not one finite number a column."""
    for number, line in enumerate(lines, start=2):
        fields = line.split(",")
        if line and len(fields) != len(names):
            return (
                f"line {number} has {len(fields)} fields, "
                f"expected {len(names)}: {', '.join(names)}"
            )
        for name, field in zip(names, fields, strict=False):
            if line and (not field or parse([field]) is None):
                return f"line {number}: {name} is {field!r}, expected a finite number"
    raise AssertionError("each line is a row of numbers, all together are not")
