"""Rows of any files for a trained model, one at a time: the files may be larger than memory."""

import io
import logging
from collections.abc import Iterator
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.datasets.folder import TEST_BATCH_SIZE
from byhand.datasets.folder.idx import load_idx, size
from byhand.datasets.folder.images import (
    SUFFIXES,
    decode_image,
    list_images,
    read_image,
    stack,
    visible,
)
from byhand.datasets.folder.labels import number_classes, read_label
from byhand.datasets.folder.names import check_names, listed
from byhand.datasets.folder.tables import (
    AS_WRITTEN,
    check_fields,
    first_row,
    read_numbers,
    read_rows,
)
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

STDIN = "-"


class Row(NamedTuple):
    """A point or an image.

    file: its name, for messages and the output.
    number: its place in the file, from 1 on.
    features: (columns,) floats, or (channels, height, width) uint8.
    target: its class, if the file says it.
    """

    file: str
    number: int
    features: list[float] | np.ndarray
    target: int | None


def read_parts(
    files: list[str], class_names: list[str], columns: list[str], shape: list[int]
) -> Iterator[list[Row]]:
    """Yield the rows of files, for a model that knows these classes, columns and shape.

    A part has TEST_BATCH_SIZE rows, or what is left of a file, as `predict` divides a test
    set: so the model gives a row the same logits to the last bit. Images in files of their
    own follow one another.

    Args:
        files: CSV files if the model has columns; otherwise PNG, JPEG and IDX files, and
            folders of images, or of folders named by classes. STDIN is standard input.

    Raises:
        UserError: a file is something else, or has no row; or a row is not as the model
            knows it. The rows before it have been yielded.
    """
    if columns:
        sources = (read_points(file, class_names, columns) for file in files)
    else:
        sources = read_sources(files, class_names, tuple(shape))
    for source in sources:
        while part := list(islice(source, TEST_BATCH_SIZE)):
            yield part


def read_points(file: str, class_names: list[str], columns: list[str]) -> Iterator[Row]:
    """Yield the rows of a CSV, and their targets if it has a column `label`."""
    name, source = ("standard input", 0) if file == STDIN else (file, file)
    with open(source, **AS_WRITTEN, closefd=file != STDIN) as lines:
        rows = read_rows(lines, name)
        header = first_row(rows)
        check_columns(name, header, columns)
        order = [header.index(column) for column in columns]
        targets, number = {}, 0
        for number, (place, fields) in enumerate(rows, start=1):
            check_fields(place, fields, header)
            numbers = read_numbers(place, columns, [fields[i] for i in order])
            field = fields[header.index("label")] if "label" in header else None
            if field is not None and field not in targets:
                label = read_label(place, field)
                check_names(f"{place}: label", [*class_names, label])
                (targets[field],) = number_classes([label], class_names, place)
            yield Row(name, number, numbers, targets.get(field))
    if not number:
        raise UserError(f"{name} has no rows")


def check_columns(name: str, header: list[str], columns: list[str]) -> None:
    """Refuse a header that lacks a column or has it twice; say which are not read."""
    check_names(f"{name}, line 1: column", [*columns, *header])
    for column in columns:
        if column not in header:
            raise UserError(
                f"{name} has no column {listed([column])}, expected {listed(columns)}; "
                f"it has {listed(header)}"
            )
    for column in [*columns, "label"]:
        if header.count(column) > 1:
            raise UserError(f"{name} has the column {listed([column])} twice")
    if unread := [c for c in header if c not in (*columns, "label")]:
        log.info("%s: columns not read: %s", name, listed(unread))


def read_sources(
    files: list[str], class_names: list[str], shape: tuple[int, int, int]
) -> Iterator[Iterator[Row]]:
    """Yield the rows of each IDX file, and of the images between two of them."""
    for in_idx, group in groupby(map(Path, files), is_idx):
        if in_idx:
            yield from (read_idx_images(path, shape) for path in group)
        else:
            yield chain.from_iterable(
                read_images(path, class_names, shape) for path in group
            )


def is_idx(path: Path) -> bool:
    """Return whether a file is called as IDX files are, such as t10k-images-idx3-ubyte.gz."""
    return path.name.removesuffix(".gz").endswith("-ubyte")


def read_idx_images(path: Path, shape: tuple[int, int, int]) -> Iterator[Row]:
    """Yield the images of an IDX file, which are grey."""
    images = load_idx(path, 3)
    if (1, *images.shape[1:]) != shape:
        channels, height, width = shape
        raise UserError(
            f"{path} has grey images of {size(images)} pixels, expected images in "
            f"{'grey' if channels == 1 else 'colour'} of {height} × {width}, as the "
            "training images"
        )
    if not len(images):
        raise UserError(f"{path} has no images")
    for number, image in enumerate(images, start=1):
        yield Row(str(path), number, image[np.newaxis], None)


def read_images(
    path: Path, class_names: list[str], shape: tuple[int, int, int]
) -> Iterator[Row]:
    """Yield the image in a file, or those in a folder; folders of classes give targets."""
    channels, height, width = shape
    mode, why = "L" if channels == 1 else "RGB", ", as the training images"
    for file, target in list_files(path, class_names):
        if str(file) == STDIN:
            file = "standard input"
            with open(0, "rb", closefd=False) as stdin:
                image = decode_image(io.BytesIO(stdin.read()), file)
        else:
            image = read_image(file)
        if image.mode == "L" != mode:
            raise UserError(f"{file} is grey, expected colour{why}")
        pixels = stack([(file, image)], mode, (width, height), why)
        yield Row(str(file), 1, pixels[0], target)


def list_files(path: Path, class_names: list[str]) -> Iterator[tuple[Path, int | None]]:
    """Yield the files that a path stands for, and their classes, if folders say them."""
    if not path.is_dir():
        if path.suffix.lower() not in SUFFIXES and str(path) != STDIN and path.exists():
            raise UserError(
                f"{path} is no image, expected {', '.join(SUFFIXES)}, IDX (-ubyte or "
                "-ubyte.gz) or a folder of images"
            )
        yield path, None
        return
    found = visible(path)
    if not found:
        raise UserError(f"{path} has no images")
    if any(inner.is_dir() for inner in found):
        paths, targets = list_images(path, class_names)
        yield from zip(paths, targets.tolist())
    else:
        yield from ((file, None) for file in found)
