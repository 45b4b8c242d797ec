"""Images in folders, one for each class: PNG and JPEG files."""

import struct
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from byhand.datasets.folder.names import check_names, listed
from byhand.pipeline.errors import UserError

SUFFIXES = (".png", ".jpg", ".jpeg")
GREY = ("1", "L", "LA")  # Pillow's modes; the others are in colour
# what systems leave in folders, beside hidden files; in lower case
OF_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir")


def read_image_folders(folder: Path):
    """Read folders train and test, each with a folder a class, as torchvision lays them out.

    Images are PNG or JPEG files of one size. If one image is in colour, all become so.
    Classes are the folders of train, sorted; test may lack some. Hidden files, and those
    that systems make, are ignored; other files are refused. Returns and raises as
    `read_idx_files`.
    """
    class_names = [path.name for path in visible(folder / "train") if path.is_dir()]
    of_test = [path.name for path in visible(folder / "test")]
    check_names(f"{folder}: class", [*class_names, *of_test])
    found = [list_images(folder / part, class_names) for part in ("train", "test")]
    images = {path: read_image(path) for paths, _ in found for path in paths}
    mode = "RGB" if "RGB" in {image.mode for image in images.values()} else "L"
    first = next(iter(images))
    expected = images[first].size, f", as {first}"
    train, test = (
        (stack([(path, images[path]) for path in paths], mode, *expected), targets)
        for paths, targets in found
    )
    return train, test, class_names, []


def read_test_folder(folder: Path, class_names: list[str], columns, shape):
    """Read the test images alone, for a model of these classes and shape. Raises as above."""
    channels, height, width = shape
    paths, targets = list_images(folder / "test", class_names)
    images = [(path, read_image(path)) for path in paths]
    mode = "L" if channels == 1 else "RGB"
    return stack(images, mode, (width, height), ", as the training images"), targets


def stack(
    images: list[tuple[Path, Image.Image]], mode: str, size: tuple[int, int], why: str
) -> np.ndarray:
    """Return images as one array, (rows, channels, height, width) uint8.

    Args:
        images: each with its path, for messages.
        mode: L for one channel, grey, or RGB for three.
        size: width and height that all have; `why` says so in messages.

    Raises:
        UserError: an image has another size, or is in colour where all are grey.
    """
    for path, image in images:
        if image.size != size:
            raise UserError(
                f"{path} has {image.width} × {image.height} pixels, "
                f"expected {size[0]} × {size[1]}{why}"
            )
        if mode == "L" != image.mode:
            raise UserError(f"{path} is in colour, expected grey{why}")
    pixels = np.stack([np.asarray(image.convert(mode)) for _, image in images])
    pixels = pixels.reshape(*pixels.shape[:3], -1)  # grey has no axis for channels
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))


def list_images(folder: Path, class_names: list[str]) -> tuple[list[Path], np.ndarray]:
    """Return the files in a folder's class folders, and their classes (rows,) int64."""
    paths, targets = [], []
    for class_folder in visible(folder):
        if class_folder.name not in class_names or not class_folder.is_dir():
            raise UserError(
                f"{class_folder} is no folder of a class; the classes are "
                f"{listed(class_names) or 'none'}"
            )
        files = visible(class_folder)
        if not files:
            raise UserError(f"{class_folder} has no images")
        paths += files
        targets += [class_names.index(class_folder.name)] * len(files)
    if not paths:
        raise UserError(f"{folder} has no folders of images")
    return paths, np.array(targets, dtype=np.int64)


def visible(folder: Path) -> list[Path]:
    """Return the files and folders in a folder, sorted, without hidden ones and systems'."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.name[0] != "." and path.name.lower() not in OF_SYSTEMS
    )


def read_image(path: Path) -> Image.Image:
    """Read a PNG or JPEG file of 8 bits a channel: grey (mode L) or in colour (RGB).

    The image is turned as its EXIF data says, as a viewer shows it. Its gamma and colour
    profile are not used. A JPEG of several pictures, as telephones write, is the first.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{path} is no image, expected {', '.join(SUFFIXES)}")
    return decode_image(path, path)


def decode_image(file: Path | BinaryIO, path: Path | str) -> Image.Image:
    """Return the image in a file, as `read_image`; `path` is for messages."""
    bomb = Image.DecompressionBombWarning
    try:
        with (
            warnings.catch_warnings(action="error", category=bomb),
            Image.open(file, formats=("PNG", "JPEG")) as image,
        ):
            deep = "16B" in str(image.tile)  # Pillow would keep 8 bits of 16
            animated = image.format == "PNG" and image.is_animated
            image.load()
            turned = ImageOps.exif_transpose(image)
    except (bomb, Image.DecompressionBombError) as error:
        raise UserError(
            f"{path} is too large, expected at most {Image.MAX_IMAGE_PIXELS:,} pixels"
        ) from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise UserError(f"{path} is not a whole PNG or JPEG: {error}") from error
    if deep:
        raise UserError(f"{path} has 16 bits a channel, expected 8")
    if animated:
        raise UserError(f"{path} is animated, expected one image")
    in_colour = turned.convert("RGBA")
    if in_colour.getchannel("A").getextrema() != (255, 255):
        raise UserError(f"{path} has transparent pixels, expected none")
    return turned.convert("L") if turned.mode in GREY else in_colour.convert("RGB")
