"""A folder becomes a dataset, of points or of images, or is refused by name."""

import gzip
import re

import numpy as np
import pytest
from PIL import Image

from byhand.charts.scatter import to_draw
from byhand.datasets.folder import as_matrix, read_dataset
from byhand.datasets.folder.images import decode_idx
from byhand.pipeline.errors import UserError
from tests.own_data import write_idx, write_tables
from tests.project import ROOT


def refused(folder, message):
    with pytest.raises(UserError, match=message):
        read_dataset(folder)


# points


def test_standardized_points_have_mean_0_and_deviation_1_where_they_train(tmp_path):
    write_tables(tmp_path, "a,b,label\n1,5,0\n3,5,1\n", "a,b,label\n5,6,0\n")
    dataset = read_dataset(tmp_path, standardize=True)
    assert dataset.train.features.tolist() == [[-1, 0], [1, 0]]
    assert dataset.test.features.tolist() == [[3, 1]]


# how points are drawn


def test_three_features_are_drawn_as_they_are():
    points, axes = to_draw(np.array([[1, 2, 3]]), ["a", "b", "c"])
    assert (points.tolist(), axes) == ([[1, 2, 3]], ["a", "b", "c"])


def test_other_points_are_drawn_in_the_plane_of_scikit_learns_components():
    from sklearn.decomposition import PCA

    features = np.random.default_rng(0).normal(size=(50, 5)) * [1, 7, 2, 4, 1]
    points, axes = to_draw(features, list("abcde"))
    pca = PCA(2).fit(features)
    assert np.abs(points) == pytest.approx(np.abs(pca.transform(features)))
    for axis, share in zip(axes, pca.explained_variance_ratio_, strict=True):
        assert re.fullmatch(
            rf"principal component \d, {share:.0%} of the variance", axis
        )


@pytest.mark.parametrize("columns", [1, 2])
def test_one_or_two_features_are_drawn_in_a_plane_too(columns):
    features = np.arange(4.0 * columns).reshape(4, columns) ** 2
    points, axes = to_draw(features, ["a", "b"][:columns])
    assert points.shape == (4, 2)
    assert np.isfinite(points).all()
    assert len(axes) == 2


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
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte"):
        read_dataset(idx_folder)
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


def test_hidden_files_are_left_alone_and_a_class_may_lack_test_images(image_folders):
    (image_folders / "train/.DS_Store").write_text("")
    (image_folders / "train/cat/.thumbs").write_text("")
    (image_folders / "test/dog/0.png").unlink()
    (image_folders / "test/dog").rmdir()
    assert read_dataset(image_folders).test.targets.tolist() == [0]


def of_another_size(folder):
    Image.new("L", (5, 3)).save(folder / "test/cat/0.png")


def of_16_bits(folder):
    Image.fromarray(np.zeros((3, 4), np.uint16)).save(folder / "test/cat/0.png")


def transparent(folder):
    Image.new("RGBA", (4, 3)).save(folder / "test/cat/0.png")


def cut_short(folder):
    path = folder / "test/cat/0.png"
    path.write_bytes(path.read_bytes()[:40])


def with_notes(folder):
    (folder / "train/cat/notes.txt").write_text("cats")


def with_a_class_of_its_own(folder):
    (folder / "test/bird").mkdir()


def with_an_empty_class(folder):
    (folder / "train/bird").mkdir()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            of_another_size,
            "test/cat/0.png has 5 × 3 pixels, expected 4 × 3, as .*train/cat",
        ),
        (of_16_bits, "test/cat/0.png has mode I;16, expected 8 bits a channel"),
        (transparent, "test/cat/0.png has transparent pixels, expected none"),
        (cut_short, "test/cat/0.png is not a whole image"),
        (with_notes, "train/cat/notes.txt is no image, expected .png, .jpg, .jpeg"),
        (with_a_class_of_its_own, "test/bird is no folder of a class; .* are cat, dog"),
        (with_an_empty_class, "train/bird has no images"),
    ],
)
def test_images_that_cannot_be_used_are_refused_by_name(image_folders, spoil, message):
    spoil(image_folders)
    refused(image_folders, message)


def test_a_folder_without_a_dataset_is_refused(tmp_path):
    refused(tmp_path, "has no dataset, none of train.csv, train-images-idx3-ubyte")


@pytest.mark.skipif(
    not (ROOT / "data/FashionMNIST").exists(), reason="no data yet: make repro gets it"
)
def test_torchvision_opens_the_real_data():
    from torchvision.datasets import FashionMNIST

    for train, rows in [(True, 60_000), (False, 10_000)]:
        dataset = FashionMNIST(str(ROOT / "data"), train=train, download=False)
        assert len(dataset) == rows
