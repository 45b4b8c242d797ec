"""Images: four IDX files as Fashion-MNIST's, or folders of PNG and JPEG files.

IDX is LeCun's format: two zero bytes, a byte for the element type (8 = unsigned byte), a
byte for the number of dimensions, then each dimension as a big-endian 32-bit integer, then
the elements.
"""

import gzip
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from byhand.datasets.folder.names import check_names, listed
from byhand.pipeline.errors import UserError

SUFFIXES = (".png", ".jpg", ".jpeg")
GREY = ("1", "L", "LA")  # Pillow's modes; the others are in colour
# what systems leave in folders, beside hidden files; in lower case
OF_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir")


def read_idx_files(folder: Path):
    """Read a folder with the four IDX files, plain or .gz; labels start at 0.

    classes.txt, one name a line, names the classes. Without that file, their names are 0,
    1, … up to the largest training label.

    Returns:
        Training features and targets, test features and targets, class names, no columns.

    Raises:
        UserError: a file is something else, or the files don't belong together.
    """
    names_path, parts = folder / "classes.txt", []
    names = read_names(names_path) if names_path.exists() else None
    for part in ("train", "t10k"):
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
        if parts and images.shape[1:] != parts[0][0].shape[2:]:
            raise UserError(
                f"{images_path} has images of {size(images)} pixels, "
                f"expected {size(parts[0][0])}, like the training images"
            )
        names = names or [str(label) for label in range(labels.max() + 1)]
        if labels.max() >= len(names):
            raise UserError(
                f"{labels_path} has label {labels.max()}, "
                f"expected one of {len(names)} classes, from 0 to {len(names) - 1}"
            )
        parts.append((images[:, np.newaxis], labels.astype(np.int64)))
    return *parts, names, []


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
    name, compressed = path.name, not path.exists()
    if compressed:
        path = path.with_name(f"{name}.gz")
        if not path.exists():
            raise UserError(f"{path.parent} has no {name}, plain or with .gz behind it")
    try:
        content = path.read_bytes()
        array = decode_idx(gzip.decompress(content) if compressed else content)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} {error}") from error
    if array.ndim != dimensions:
        raise UserError(f"{path} has {array.ndim} dimensions, expected {dimensions}")
    return path, array


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
    listed = [list_images(folder / part, class_names) for part in ("train", "test")]
    (first, *_), _ = listed[0]
    images = {path: read_image(path) for paths, _ in listed for path in paths}
    for path, image in images.items():
        if image.size != images[first].size:
            raise UserError(
                f"{path} has {image.width} × {image.height} pixels, expected "
                f"{images[first].width} × {images[first].height}, as {first}"
            )
    mode = "RGB" if "RGB" in {image.mode for image in images.values()} else "L"
    parts = []
    for paths, targets in listed:
        pixels = np.stack([np.asarray(images[path].convert(mode)) for path in paths])
        pixels = pixels.reshape(*pixels.shape[:3], -1)  # grey has no axis for channels
        channels_first = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        parts.append((channels_first, np.array(targets, dtype=np.int64)))
    return *parts, class_names, []


def list_images(folder: Path, class_names: list[str]) -> tuple[list[Path], list[int]]:
    """Return the files in a folder's class folders, and the class number of each file."""
    paths, targets = [], []
    for class_folder in visible(folder):
        if class_folder.name not in class_names or not class_folder.is_dir():
            raise UserError(
                f"{class_folder} is no folder of a class; the folders of train are "
                f"{listed(class_names) or 'none'}"
            )
        files = visible(class_folder)
        if not files:
            raise UserError(f"{class_folder} has no images")
        paths += files
        targets += [class_names.index(class_folder.name)] * len(files)
    if not paths:
        raise UserError(f"{folder} has no folders of images")
    return paths, targets


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
    bomb = Image.DecompressionBombWarning
    try:
        with (
            warnings.catch_warnings(action="error", category=bomb),
            Image.open(path, formats=("PNG", "JPEG")) as image,
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


def size(images: np.ndarray) -> str:
    """Return height and width of images (…, height, width) in words."""
    return " × ".join(map(str, images.shape[-2:]))
