"""Files in: read or refused by name. Files out: whole or not at all."""

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from datasets.fashion_mnist import SHA256, decode_idx
from pipeline.errors import UserError
from pipeline.inputs import as_matrix, read_dataset, read_samples
from pipeline.model_files import read_model, write_model
from pipeline.outputs import replacing, write_csv, write_json


def test_an_output_that_fails_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "metrics.json"
    write_json(path, {"accuracy": 0.5})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"accuracy": float("nan")})
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == '{\n  "accuracy": 0.5\n}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_samples_come_back_from_csv_to_the_last_bit(tmp_path):
    points = np.random.default_rng(0).normal(size=(20, 3)) * 10.0 ** np.arange(-9, 0, 3)
    labels = list(range(20))
    rows = [[*p, 0, label] for p, label in zip(points.tolist(), labels, strict=True)]
    write_csv(tmp_path / "s.csv", ["x", "y", "z", "cluster", "label"], rows)
    features, targets = read_samples(tmp_path / "s.csv")
    assert np.array_equal(features, points)
    assert targets.tolist() == labels


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", " has no rows"),
        ("x,y,z,label\n", " has no rows"),
        ("x,y,label\n1,2,0\n", " has no column z, only x, y, label"),
        ("x,x,y,z,label\n1,1,2,3,0\n", " has two columns of one name: x,x,y,z,label"),
        ("x,y,z,label\n1,2,3\n", ", line 2 has 3 fields, expected 4: x, y, z, label"),
        ("x,y,z,label\n1,2,3,0\n1,2,3,0,5\n", ", line 3 has 5 fields, expected 4"),
        ("x,y,z,label\n1,2,three,0\n", ", line 2: z is 'three', expected a finite"),
        ("x,y,z,label\n1,2,3,0\n\n1,nan,3,0\n", ", line 4: y is 'nan', expected a"),
        ("x,y,z,label\n1e999,2,3,0\n", ", line 2: x is '1e999', expected a finite"),
        ("x,y,z,label\n1,2,3,\n", ", line 2: label is '', expected a finite number"),
        ("x,y,z,label\n1,2,3,0.5\n", " has label 0.5, expected whole numbers from 0"),
        ("x,y,z,label\n1,2,3,-1\n", " has label -1, expected whole numbers from 0"),
        ("x,y,z,label\n1,2,3,1e9\n", " has label 1e.09, expected whole .* to 999"),
    ],
)
def test_bad_samples_are_refused_with_file_and_line(tmp_path, content, message):
    path = tmp_path / "samples.csv"
    path.write_text(content)
    with pytest.raises(UserError, match=f"^{path}{message}"):
        read_samples(path)


@given(st.one_of(st.binary(), st.text("x,yzlabe01.-\n ").map(str.encode)))
def test_any_bytes_are_samples_or_refused_with_the_files_name(content):
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        try:
            features, targets = read_samples(Path(file.name))
            assert np.isfinite(features).all()
            assert len(features) == len(targets) > 0
        except UserError as error:
            assert file.name in str(error)


def test_samples_may_have_crlf_a_bom_and_columns_in_any_order(tmp_path):
    path = tmp_path / "samples.csv"
    path.write_bytes(b"\xef\xbb\xbflabel,z,y,x,note\r\n1,3,2,1,9\r\n")
    features, targets = read_samples(path)
    assert features.tolist() == [[1, 2, 3]]
    assert targets.tolist() == [1]


def test_a_test_label_that_training_never_saw_is_refused(tmp_path):
    (tmp_path / "train.csv").write_text("x,y,z,label\n1,2,3,0\n")
    (tmp_path / "test.csv").write_text("x,y,z,label\n1,2,3,1\n")
    with pytest.raises(UserError, match="test.csv has label 1, expected at most 0"):
        read_dataset(tmp_path)


def test_a_folder_without_a_dataset_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        read_dataset(tmp_path)


def write_idx(path, array):
    shape = np.array(array.shape, dtype=">u4").tobytes()
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + shape + array.tobytes())


@pytest.fixture
def small_fashion_mnist(tmp_path):
    """Four IDX files of few random images, laid out as torchvision does."""
    folder = tmp_path / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in SHA256:
        rows = 6 if name.startswith("train") else 4
        shape = (rows, 28, 28) if "images" in name else (rows,)
        high = 256 if "images" in name else 10
        write_idx(folder / name, rng.integers(high, size=shape, dtype=np.uint8))
    return folder


def test_images_are_read_as_torchvision_reads_them(small_fashion_mnist):
    from torchvision.datasets import FashionMNIST

    dataset = read_dataset(small_fashion_mnist)
    for part, train in [(dataset.train, True), (dataset.test, False)]:
        theirs = FashionMNIST(small_fashion_mnist.parents[1], train=train)
        assert np.array_equal(part.features[:, 0], theirs.data)
        assert part.targets.tolist() == theirs.targets.tolist()
    assert as_matrix(dataset.train).shape == (6, 784)
    assert as_matrix(dataset.train).max() <= 1


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
            "t10k-labels-idx1-ubyte",
            np.full(4, 10, np.uint8),
            "t10k-labels-idx1-ubyte has label 10, expected at most 9",
        ),
    ],
)
def test_images_and_labels_that_do_not_belong_together_are_refused(
    small_fashion_mnist, name, array, message
):
    write_idx(small_fashion_mnist / name, array)
    with pytest.raises(UserError, match=message):
        read_dataset(small_fashion_mnist)


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


def test_a_model_comes_back_whatever_the_order_of_its_memory(tmp_path):
    weight = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    write_model(tmp_path / "m.safetensors", [(weight, np.ones(2))])
    ((read, bias),) = read_model(tmp_path / "m.safetensors", [3, 2])
    assert np.array_equal(read, weight)
    assert np.array_equal(bias, np.ones(2))


def test_a_model_of_other_shapes_or_no_model_at_all_is_refused(tmp_path):
    path = tmp_path / "m.safetensors"
    write_model(path, [(np.zeros((2, 3)), np.zeros(2))])
    with pytest.raises(UserError, match=r"holds .*\(2, 3\).*, expected .*\(3, 2\)"):
        read_model(path, [2, 3])
    with pytest.raises(UserError, match=r"expected .*layer2.weight"):
        read_model(path, [3, 2, 2])
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UserError, match="m.safetensors is not a safetensors file"):
        read_model(path, [3, 2])
    with pytest.raises(FileNotFoundError, match="nosuch"):
        read_model(tmp_path / "nosuch", [3, 2])


REAL_DATA = Path(__file__).parents[1] / "data"


@pytest.mark.skipif(
    not (REAL_DATA / "FashionMNIST").exists(), reason="no data yet: make repro gets it"
)
def test_torchvision_opens_the_real_data():
    from torchvision.datasets import FashionMNIST

    for train, rows in [(True, 60_000), (False, 10_000)]:
        dataset = FashionMNIST(str(REAL_DATA), train=train, download=False)
        assert len(dataset) == rows
