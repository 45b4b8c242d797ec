"""IDX files and folders of images become a dataset, or are refused by name."""

import gzip
import struct
import tempfile
import zlib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given
from PIL import Image

from byhand.datasets.folder import as_matrix, read_dataset
from byhand.datasets.folder.idx import decode_idx
from byhand.datasets.folder.images import read_image
from byhand.pipeline.errors import UserError
from tests.own_data import write_idx
from tests.project import ROOT
from tests.test_data import logged, refused

# IDX files


@pytest.fixture
def idx_folder(tmp_path):
    """Four IDX files of few random images, laid out as torchvision does."""
    folder = tmp_path / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for part, rows in [("train", 6), ("t10k", 4)]:
        images = rng.integers(256, size=(rows, 28, 28), dtype=np.uint8)
        labels = rng.permutation(10)[:rows].clip(max=5).astype(np.uint8)
        labels[0] = 5
        write_idx(folder / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
    return folder


def test_images_are_read_as_torchvision_reads_them(idx_folder):
    from torchvision.datasets import FashionMNIST

    dataset = read_dataset(idx_folder)
    for part, train in [(dataset.train, True), (dataset.test, False)]:
        theirs = FashionMNIST(idx_folder.parents[1], train=train)
        assert np.array_equal(part.features[:, 0], theirs.data)
        assert part.targets.tolist() == theirs.targets.tolist()
    assert as_matrix(dataset.train).shape == (6, 784)
    assert as_matrix(dataset.train).max() <= 1


def test_compressed_files_are_read_as_plain_ones(idx_folder):
    plain = read_dataset(idx_folder)
    for path in list(idx_folder.iterdir()):
        (idx_folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    compressed = read_dataset(idx_folder)
    for one, other in zip(plain[:2], compressed[:2], strict=True):
        assert np.array_equal(one.features, other.features)
        assert np.array_equal(one.targets, other.targets)


def test_of_a_plain_and_a_compressed_file_the_plain_one_is_read(idx_folder, caplog):
    plain = read_dataset(idx_folder)
    name = "t10k-labels-idx1-ubyte.gz"
    (idx_folder / name).write_bytes(b"other labels")
    assert f"{idx_folder}: not read: {name}" in logged(caplog, idx_folder)
    assert np.array_equal(plain.test.targets, read_dataset(idx_folder).test.targets)


def test_a_class_without_training_rows_is_named_in_the_log(idx_folder, caplog):
    """EMNIST's letters begin with 1."""
    for part, labels in [("train", [1, 1, 3, 3, 3, 3]), ("t10k", [1, 2, 3, 3])]:
        write_idx(idx_folder / f"{part}-labels-idx1-ubyte", np.array(labels, np.uint8))
    assert logged(caplog, idx_folder) == [f"{idx_folder} has no training rows of 0, 2"]


def test_classes_are_numbers_unless_a_file_names_them(idx_folder):
    assert read_dataset(idx_folder).class_names == ["0", "1", "2", "3", "4", "5"]
    (idx_folder / "classes.txt").write_text(
        "null\nun\ndeux\ntrois\nquatre\ncinq\nsix\n"
    )
    names = read_dataset(idx_folder).class_names
    assert names == ["null", "un", "deux", "trois", "quatre", "cinq", "six"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            "a\nb\n",
            "labels-idx1-ubyte has label 5, expected one of 2 classes, from 0 to 1",
        ),
        (
            "a\na\nc\nd\ne\nf\n",
            "classes.txt has .*, expected a name of its own on each",
        ),
        ("a\n\nc\nd\ne\nf\n", "classes.txt has .*, expected a name of its own on each"),
        ("", "classes.txt has .*, expected a name of its own on each line"),
        ("é\ne\u0301\nc\nd\ne\nf\n", r"class 'e\\u0301' looks like '\\xe9', expected"),
        ("a\nb\tc\nc\nd\ne\nf\n", r"class is 'b\\tc', expected no control characters"),
    ],
)
def test_names_that_are_not_one_a_class_are_refused(idx_folder, names, message):
    (idx_folder / "classes.txt").write_text(names)
    refused(idx_folder, message)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (
            "train-labels-idx1-ubyte",
            np.zeros(5, np.uint8),
            "images-idx3-ubyte has 6 images and .*labels-idx1-ubyte has 5 labels",
        ),
        (
            "t10k-images-idx3-ubyte",
            np.zeros(4, np.uint8),
            "t10k-images-idx3-ubyte has 1 dimensions, expected 3",
        ),
        (
            "train-images-idx3-ubyte",
            np.zeros((6, 0, 28), np.uint8),
            "train-images-idx3-ubyte has images of 0 × 28 pixels, expected some",
        ),
        (
            "t10k-images-idx3-ubyte",
            np.zeros((4, 8, 9), np.uint8),
            "t10k-images-idx3-ubyte has images of 8 × 9 pixels, expected 28 × 28",
        ),
        (
            "t10k-labels-idx1-ubyte",
            np.full(4, 6, np.uint8),
            "t10k-labels-idx1-ubyte has label 6, expected one of 6 classes",
        ),
    ],
)
def test_images_and_labels_that_do_not_belong_together_are_refused(
    idx_folder, name, array, message
):
    write_idx(idx_folder / name, array)
    refused(idx_folder, message)


def test_a_file_that_is_missing_or_no_gzip_is_named(idx_folder):
    (idx_folder / "t10k-labels-idx1-ubyte").unlink()
    refused(
        idx_folder, f"^{idx_folder} has no t10k-labels-idx1-ubyte, plain or with .gz"
    )
    (idx_folder / "t10k-labels-idx1-ubyte.gz").write_bytes(b"labels")
    refused(idx_folder, "t10k-labels-idx1-ubyte.gz Not a gzipped file")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with , expected 00 00 08"),
        (b"<html>", "starts with 3c 68 74 6d, expected 00 00 08"),
        (b"\0\0\x08\x01\0\0\0\x05abc", "has 11 bytes, expected 13 for 5 elements"),
        (b"\0\0\x08\x03\0\0", "has 6 bytes, expected"),
    ],
)
def test_what_is_not_idx_is_refused(content, message):
    with pytest.raises(ValueError, match=message):
        decode_idx(content)


# folders of images


@pytest.fixture
def image_folders(tmp_path):
    """Two images that train and one that tests, of each of two classes, 4 × 3 pixels."""
    rng = np.random.default_rng(0)
    for part, rows in [("train", 2), ("test", 1)]:
        for name in ("dog", "cat"):
            (tmp_path / part / name).mkdir(parents=True)
            for row in range(rows):
                pixels = rng.integers(256, size=(3, 4), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / part / name / f"{row}.png")
    return tmp_path


def test_folders_are_read_as_torchvision_reads_them(image_folders):
    from torchvision.datasets import ImageFolder

    dataset = read_dataset(image_folders)
    assert dataset.class_names == ["cat", "dog"]
    assert dataset.shape == (1, 3, 4)
    for name, part in [("train", dataset.train), ("test", dataset.test)]:
        theirs = ImageFolder(str(image_folders / name))
        assert theirs.classes == dataset.class_names
        for ours, target, (image, label) in zip(*part, theirs, strict=True):
            assert np.array_equal(ours[0], np.asarray(image.convert("L")))
            assert target == label


def test_one_image_in_colour_makes_all_of_them_so(image_folders):
    pixels = np.random.default_rng(1).integers(256, size=(3, 4, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(image_folders / "train/cat/0.png")
    dataset = read_dataset(image_folders)
    assert dataset.shape == (3, 3, 4)
    assert np.array_equal(dataset.train.features[0], pixels.transpose(2, 0, 1))
    red, green, blue = dataset.test.features[0]
    assert np.array_equal(red, green) and np.array_equal(green, blue)


def test_what_systems_make_is_left_alone_and_a_class_may_lack_test_images(
    image_folders, caplog
):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".thumbs", "Icon\r"):
        for folder in ("", "train", "test", "train/cat"):
            (image_folders / folder / name).write_text("")
    (image_folders / "train/__MACOSX").mkdir()
    (image_folders / "test/dog/0.png").unlink()
    (image_folders / "test/dog").rmdir()
    assert logged(caplog, image_folders) == []
    dataset = read_dataset(image_folders)
    assert dataset.test.targets.tolist() == [0]
    assert dataset.class_names == ["cat", "dog"]


TURNS = {  # what a viewer does, by EXIF's number
    1: lambda pixels: pixels,
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: np.rot90,
}


def orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


@pytest.mark.parametrize(("number", "turn"), TURNS.items())
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_an_image_is_turned_as_its_exif_says(image_folders, number, turn, suffix):
    pixels = np.zeros((3, 4) if number < 5 else (4, 3), np.uint8)
    pixels[0, 1:], pixels[1, 0] = 255, 128
    path = image_folders / f"test/cat/0{suffix}"
    (image_folders / "test/cat/0.png").unlink()
    Image.fromarray(pixels).save(path, exif=orientation(number), quality=100)
    found = read_dataset(image_folders).test.features[0, 0].astype(int)
    assert np.abs(found - turn(pixels)).max() < 3


@given(st.binary(), st.binary(max_size=60))
@example(b"\x7fxif", b"")  # Pillow: SyntaxError
@example(b"Exif\0\0MM\0*", b"")  # struct.error
def test_any_exif_is_read_or_refused_by_name(start, end):
    exif = start + orientation(6).tobytes()[len(start) :] + end
    for suffix in (".png", ".jpg"):
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            Image.new("L", (4, 3)).save(file.name, exif=exif)
            try:
                assert read_image(Path(file.name)).mode == "L"
            except UserError as error:
                assert file.name in str(error)


def several(folder, name, **how):
    """Save three images of 4 × 3 pixels as one file: black, grey, white."""
    first, *others = [Image.new("RGB", (4, 3), (v, v, v)) for v in (0, 128, 255)]
    path = folder / f"test/cat/{name}"
    (folder / "test/cat/0.png").unlink()
    first.save(path, save_all=True, append_images=others, **how)


def test_a_jpeg_of_several_pictures_is_the_first(image_folders):
    several(image_folders, "0.jpg", format="MPO")
    assert not read_dataset(image_folders).test.features[0].any()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_images_become_grey_or_red_green_and_blue_as_by_pillow(tmp_path, mode, recwarn):
    path = tmp_path / ("0.jpg" if mode == "CMYK" else "0.png")
    rng = np.random.default_rng(0)
    pixels = rng.integers(256, size=(3, 4, 3), dtype=np.uint8)
    opaque = {"transparency": b"\xff"} if mode == "P" else {}
    Image.fromarray(pixels).convert(mode).save(path, **opaque)
    found = read_image(path)
    assert not recwarn.list
    assert found.mode == ("L" if mode in ("1", "L", "LA") else "RGB")
    with Image.open(path) as image:
        assert found.tobytes() == image.convert(found.mode).tobytes()


def png(width, height, depth, colour_type):
    """Return a black PNG, with a header as Pillow can't write it."""

    def chunk(name, data):
        sum_ = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + sum_

    header = struct.pack(">2I5B", width, height, depth, colour_type, 0, 0, 0)
    bits = width * {0: 1, 2: 3, 4: 2, 6: 4}[colour_type] * depth
    rows = bytes(1 + bits // 8) * min(height, 3)  # what is too large is not read
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize("colour_type", [0, 2, 4, 6])
def test_16_bits_a_channel_are_refused_in_grey_and_in_colour(tmp_path, colour_type):
    path = tmp_path / "0.png"
    path.write_bytes(png(4, 3, 16, colour_type))
    with pytest.raises(UserError, match=f"^{path} has 16 bits a channel, expected 8$"):
        read_image(path)


@pytest.mark.parametrize("edge", [10_000, 20_000])
def test_an_image_too_large_for_pillow_is_refused_by_name(tmp_path, edge, recwarn):
    path = tmp_path / "0.png"
    path.write_bytes(png(edge, edge, 8, 0))
    with pytest.raises(
        UserError, match=f"^{path} is too large, expected .* 89,478,485"
    ):
        read_image(path)
    assert not recwarn.list


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_file_cut_short_anywhere_is_refused(tmp_path, quarter, suffix):
    path = tmp_path / f"0{suffix}"
    pixels = np.random.default_rng(0).integers(256, size=(30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: (len(content) - 24) * (quarter + 1) // 4])
    with pytest.raises(UserError, match=f"^{path} is not a whole PNG or JPEG: "):
        read_image(path)


def of_another_size(folder):
    Image.new("L", (5, 3)).save(folder / "test/cat/0.png")


def of_16_bits(folder):
    Image.fromarray(np.zeros((3, 4), np.uint16)).save(folder / "test/cat/0.png")


def transparent(folder):
    Image.new("RGBA", (4, 3)).save(folder / "test/cat/0.png")


def cut_short(folder):
    path = folder / "test/cat/0.png"
    path.write_bytes(path.read_bytes()[:40])


def animated(folder):
    several(folder, "1.png")


def of_another_format(folder):
    Image.new("L", (4, 3)).save(folder / "test/cat/0.png", format="WEBP")


def with_notes(folder):
    (folder / "train/cat/notes.txt").write_text("cats")


def with_notes_beside_classes(folder):
    (folder / "train/notes.txt").write_text("cats and dogs")


def with_a_class_of_its_own(folder):
    (folder / "test/bird").mkdir()


def with_a_class_that_looks_like_another(folder):
    (folder / "test/dog\u200b").mkdir()


def with_a_class_over_two_lines(folder):
    (folder / "train/bird\nfish").mkdir()


def with_an_empty_class(folder):
    (folder / "train/bird").mkdir()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            of_another_size,
            "test/cat/0.png has 5 × 3 pixels, expected 4 × 3, as .*train/cat",
        ),
        (of_16_bits, "test/cat/0.png has 16 bits a channel, expected 8"),
        (transparent, "test/cat/0.png has transparent pixels, expected none"),
        (cut_short, "test/cat/0.png is not a whole PNG or JPEG"),
        (animated, "test/cat/1.png is animated, expected one image"),
        (
            of_another_format,
            "test/cat/0.png is not a whole PNG or JPEG: cannot identify",
        ),
        (
            with_notes_beside_classes,
            "notes.txt is no folder of a class; .* are cat, dog$",
        ),
        (with_notes, "train/cat/notes.txt is no image, expected .png, .jpg, .jpeg"),
        (with_a_class_of_its_own, "test/bird is no folder of a class; .* are cat, dog"),
        (with_an_empty_class, "train/bird has no images"),
        (
            with_a_class_that_looks_like_another,
            r"class 'dog\\u200b' looks like 'dog', expected one spelling",
        ),
        (with_a_class_over_two_lines, r"class is 'bird\\nfish', expected no control"),
    ],
)
def test_images_that_cannot_be_used_are_refused_by_name(image_folders, spoil, message):
    spoil(image_folders)
    refused(image_folders, message)


@pytest.mark.skipif(
    not (ROOT / "data/FashionMNIST").exists(), reason="no data yet: make repro gets it"
)
def test_torchvision_opens_the_real_data():
    from torchvision.datasets import FashionMNIST

    for train, rows in [(True, 60_000), (False, 10_000)]:
        dataset = FashionMNIST(str(ROOT / "data"), train=train, download=False)
        assert len(dataset) == rows
