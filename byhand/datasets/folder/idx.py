"""Images in four IDX files, as MNIST's.

IDX is LeCun's format: two zero bytes, a byte for the element type (8 = unsigned byte), a
byte for the number of dimensions, then each dimension as a big-endian 32-bit integer, then
the elements.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np

from byhand.datasets.folder.names import check_names, listed
from byhand.pipeline.errors import UserError


def read_idx_files(folder: Path):
    """Read a folder with the four IDX files, plain or .gz; labels start at 0.

    classes.txt, one name a line, names the classes. Without that file, their names are 0,
    1, … up to the largest training label.

    Returns:
        Training features and targets, test features and targets, class names, no columns.

    Raises:
        UserError: a file is something else, or the files don't belong together.
    """
    names_path = folder / "classes.txt"
    names = read_names(names_path) if names_path.exists() else None
    images, labels = read_idx_part(folder, "train", names)
    names = names or [str(label) for label in range(labels.max() + 1)]
    test = read_test_idx(folder, names, [], images.shape[1:])
    return (images, labels), test, names, []


def read_test_idx(folder: Path, class_names: list[str], columns, shape):
    """Read the test images alone, for a model of these classes and shape. Raises as above."""
    images, labels = read_idx_part(folder, "t10k", class_names)
    if images.shape[1:] != shape:
        raise UserError(
            f"{folder}/t10k-images-idx3-ubyte has images of {size(images)} pixels, "
            f"expected {' × '.join(map(str, shape[1:]))}, like the training images"
        )
    return images, labels


def read_idx_part(folder: Path, part: str, names: list[str] | None):
    """Return images (rows, 1, height, width) uint8 and labels (rows,) int64 of two files."""
    images_path, images = read_idx(folder / f"{part}-images-idx3-ubyte", 3)
    labels_path, labels = read_idx(folder / f"{part}-labels-idx1-ubyte", 1)
    if len(images) != len(labels) or not len(images):
        raise UserError(
            f"{images_path} has {len(images)} images and {labels_path} has "
            f"{len(labels)} labels, expected equally many, and at least one"
        )
    if not images.size:
        raise UserError(
            f"{images_path} has images of {size(images)} pixels, expected some pixels"
        )
    if names and labels.max() >= len(names):
        raise UserError(
            f"{labels_path} has label {labels.max()}, "
            f"expected one of {len(names)} classes, from 0 to {len(names) - 1}"
        )
    return images[:, np.newaxis], labels.astype(np.int64)


def read_names(path: Path) -> list[str]:
    """Read the names of classes, one a line."""
    try:
        names = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not text in UTF-8: {error}") from error
    names = [name.strip() for name in names]
    if not names or "" in names or len(set(names)) < len(names):
        raise UserError(
            f"{path} has {listed(names)}, expected a name of its own on each line"
        )
    check_names(f"{path}: class", names)
    return names


def read_idx(path: Path, dimensions: int) -> tuple[Path, np.ndarray]:
    """Return the path and the array of an IDX file of so many dimensions, plain or .gz."""
    name = path.name
    if not path.exists():
        path = path.with_name(f"{name}.gz")
        if not path.exists():
            raise UserError(f"{path.parent} has no {name}, plain or with .gz behind it")
    return path, load_idx(path, dimensions)


def load_idx(path: Path, dimensions: int) -> np.ndarray:
    """Return the array of an IDX file of so many dimensions, compressed if it ends in .gz."""
    try:
        content = path.read_bytes()
        array = decode_idx(
            gzip.decompress(content) if path.suffix == ".gz" else content
        )
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} {error}") from error
    if array.ndim != dimensions:
        raise UserError(f"{path} has {array.ndim} dimensions, expected {dimensions}")
    return array


def decode_idx(content: bytes) -> np.ndarray:
    """Return the array in an IDX file, uint8; raise ValueError for other content."""
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(
            f"starts with {content[:4].hex(' ')}, expected 00 00 08 (IDX, unsigned bytes)"
        )
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise ValueError(f"has {len(content)} bytes, expected {header} before the data")
    shape = np.frombuffer(content[4:header], dtype=">u4").astype(int)
    if len(content) != header + shape.prod():
        raise ValueError(
            f"has {len(content)} bytes, expected {header + shape.prod()} for "
            f"{' × '.join(map(str, shape))} elements"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape).copy()


def size(images: np.ndarray) -> str:
    """Return height and width of images (…, height, width) in words."""
    return " × ".join(map(str, images.shape[-2:]))
