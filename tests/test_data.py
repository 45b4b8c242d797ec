"""A folder becomes a dataset, of points here, or is refused by name."""

import re
import tempfile
from itertools import combinations
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis.extra.numpy import arrays

from byhand.charts.scatter import to_draw
from byhand.datasets.folder import Dataset, Part, read_dataset, standardized
from byhand.datasets.folder.points import read_table
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_csv


def write_tables(folder, train, test):
    for name, text in [("train", train), ("test", test)]:
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def refused(folder, message):
    with pytest.raises(UserError, match=message):
        read_dataset(folder)


# points


def test_points_come_back_from_csv_to_the_last_bit(tmp_path):
    points = np.random.default_rng(0).normal(size=(20, 3)) * 10.0 ** np.arange(-9, 0, 3)
    rows = [[*p, i % 7] for i, p in enumerate(points.tolist())]
    write_csv(tmp_path / "s.csv", ["x", "y", "z", "label"], rows)
    table = read_table(tmp_path / "s.csv")
    assert np.array_equal(table.features, points)
    assert table.labels == [str(i % 7) for i in range(20)]


def test_every_column_but_label_is_a_feature_in_the_order_of_train(tmp_path):
    write_tables(
        tmp_path, "b,label,a,c,d,e\n1,x,2,3,4,5\n", "label,e,d,c,b,a\nx,5,4,3,1,2\n"
    )
    dataset = read_dataset(tmp_path)
    assert dataset.columns == ["b", "a", "c", "d", "e"]
    assert dataset.shape == (5,)
    assert dataset.train.features.tolist() == dataset.test.features.tolist()
    assert dataset.test.features.tolist() == [[1, 2, 3, 4, 5]]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["10", "9", "-1", "010", "+9"], ["-1", "9", "10"]),
        (["10", "9", "b"], ["10", "9", "b"]),
        (["1.0", "0.0"], ["0.0", "1.0"]),
        (
            ["versicolor", "setosa", '"a, b"', "中"],
            ["a, b", "setosa", "versicolor", "中"],
        ),
    ],
)
def test_classes_are_the_labels_in_order_numbers_by_value(tmp_path, labels, names):
    text = "x,label\n" + "".join(f"1,{label}\n" for label in labels)
    dataset = read_dataset(write_tables(tmp_path, text, text))
    assert dataset.class_names == names
    assert sorted(set(dataset.train.targets.tolist())) == list(range(len(names)))


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (
            "x,label\n1,0\n",
            "x,label\n1,1\n",
            "test.csv has label 1, expected one of .* 0",
        ),
        (
            "x,label\n1,0\n",
            "x,label\n1,b\n",
            "test.csv has label b, expected one of .* 0",
        ),
        (
            "x,y,label\n1,2,0\n",
            "x,label\n1,0\n",
            "test.csv has no column y, expected x, y",
        ),
        (
            "x,label\n1,0\n",
            "x,w,label\n1,2,0\n",
            "train.csv has no column w, expected x, w",
        ),
    ],
)
def test_a_test_part_with_columns_or_labels_of_its_own_is_refused(
    tmp_path, train, test, message
):
    refused(write_tables(tmp_path, train, test), message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", " has columns none; expected label and at least one feature"),
        ("x,y,z,label\n", " has no rows"),
        ("x,y,z\n1,2,0\n", " has columns x, y, z; expected label and at least one"),
        ("label\n1\n", " has columns label; expected label and at least one feature"),
        ("x,x,label\n1,1,0\n", " has columns x, x, label; expected a name of its own"),
        (",x,label\n0,1,0\n", " has columns , x, label; expected a name of its own"),
        ("x,y,z,label\n1,2,3\n", ", line 2 has 3 fields, expected 4: x, y, z, label"),
        ("x,y,z,label\n1,2,3,0\n1,2,3,0,5\n", ", line 3 has 5 fields, expected 4"),
        ("x,y,z,label\n1,2,three,0\n", ", line 2: z is 'three', expected a finite"),
        ("x,y,z,label\n1,2,3,0\n\n1,nan,3,0\n", ", line 4: y is 'nan', expected a"),
        ("x,y,z,label\n1e999,2,3,0\n", ", line 2: x is '1e999', expected a finite"),
        ("x,y,z,label\n,2,3,0\n", ", line 2: x is '', expected a finite number"),
        ("x,y,z,label\n1,2,3, \n", ", line 2: label is empty, expected text or a"),
    ],
)
def test_bad_points_are_refused_with_file_and_line(tmp_path, content, message):
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(UserError, match=f"^{path}{message}"):
        read_table(path)


@given(st.one_of(st.binary(), st.text('x,yzlabe01.-\n "\r').map(str.encode)))
def test_any_bytes_are_points_or_refused_with_the_files_name(content):
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"x,label\n" + content)
        try:
            table = read_table(Path(file.name))
            assert np.isfinite(table.features).all()
            assert len(table.features) == len(table.labels) > 0
        except UserError as error:
            assert file.name in str(error)


def test_a_csv_may_have_crlf_and_a_bom(tmp_path):
    path = tmp_path / "points.csv"
    path.write_bytes(b"\xef\xbb\xbflabel,b,a\r\nx,3,2\r\n")
    table = read_table(path)
    assert (table.columns, table.labels) == (["b", "a"], ["x"])
    assert table.features.tolist() == [[3, 2]]


def test_more_classes_than_anyone_means_are_refused(tmp_path):
    text = "x,label\n" + "".join(f"1,{i / 7}\n" for i in range(1001))
    refused(
        write_tables(tmp_path, text, text), "has 1001 classes, expected at most 1000"
    )


def test_standardized_points_have_mean_0_and_deviation_1_where_they_train(tmp_path):
    write_tables(tmp_path, "a,b,label\n1,5,0\n3,5,1\n", "a,b,label\n5,6,0\n")
    dataset = read_dataset(tmp_path, standardize=True)
    assert dataset.train.features.tolist() == [[-1, 0], [1, 0]]
    assert dataset.test.features.tolist() == [[3, 1]]


def standard(train, test=((0,),)) -> list[np.ndarray]:
    """Return features of both parts, standardized."""
    features = [np.array(rows, dtype=float) for rows in (train, test)]
    parts = [Part(rows, np.zeros(len(rows), dtype=int)) for rows in features]
    columns = [f"c{i}" for i in range(features[0].shape[1])]
    return [part.features for part in standardized(Dataset(*parts, ["a"], columns))[:2]]


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, st.integers(1, 200))
@example(0.1, 100)  # rounding of its mean made it -1
@example(1.7e308, 2)  # the sum overflows
def test_a_constant_column_becomes_0_whatever_the_constant(constant, rows):
    test = constant / 2
    train, test_features = standard([[constant]] * rows, [[constant], [test]])
    assert not train.any()
    assert test_features.tolist() == [[0], [test - constant]]


@given(arrays(float, st.integers(2, 30), elements=FINITE))
@example(np.array([1e16, 1e16 + 2]))  # the mean is no float64
@example(np.array([1, 2, 3, 1.797e308]))  # squares overflow
@example(np.array([1e200, 2e200, 4e200]))
@example(np.array([1e-200, 2e-200, 4e-200]))  # squares are 0
@example(np.array([1e-310, 0, 0]))
@example(1.7e18 + 256 * np.arange(30))  # nanoseconds since 1970
@example(np.array([-1.7e308, 1.7e308]))
def test_any_column_that_is_not_constant_gets_mean_0_and_deviation_1(column):
    assume(len(set(column.tolist())) > 1)
    features, _ = standard(column[:, np.newaxis], column[:1, np.newaxis])
    assert features.mean() == pytest.approx(0, abs=1e-6)
    assert features.std() == pytest.approx(1, abs=1e-6)


@given(st.integers(0, 1000), st.integers(2, 50), st.integers(-30, 30))
def test_ordinary_columns_are_standardized_by_numpys_mean_and_deviation(
    seed, rows, power
):
    """To the last bit: models of such data stay as they were."""
    rng = np.random.default_rng(seed)
    train, test = 10.0**power * rng.normal(rng.normal(), 1, size=(2, rows, 4))
    mean, std = train.mean(axis=0), train.std(axis=0)
    for found, given_features in zip(standard(train, test), (train, test), strict=True):
        assert np.array_equal(found, (given_features - mean) / std)


def test_a_test_value_beyond_all_deviations_is_refused():
    with pytest.raises(
        UserError, match="^test.csv has 1e.300 in column c1, too far from"
    ):
        standard([[0, 1e-300], [1, 2e-300]], [[0, 1e300]])


# which kind a folder is


MARKS = ["train.csv", "train-images-idx3-ubyte", "train"]


def test_a_folder_without_a_dataset_is_refused(tmp_path):
    refused(tmp_path, f"has no dataset, expected one of {', '.join(MARKS)}, and only")


@pytest.mark.parametrize(("one", "other"), list(combinations(MARKS, 2)))
def test_two_kinds_of_data_in_one_folder_are_refused(tmp_path, one, other):
    (tmp_path / one).touch()
    (tmp_path / f"{other}.gz" if "idx" in other else tmp_path / other).touch()
    refused(
        tmp_path, f"^{tmp_path} has {one} and {other}, expected one of .*, and only"
    )


def logged(caplog, folder):
    """Return the warnings of reading a folder."""
    caplog.clear()
    read_dataset(folder)
    return [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]


@pytest.mark.parametrize("name", ["val", "valid.csv", "test", "classes.txt"])
def test_what_is_not_read_is_named_in_the_log(tmp_path, caplog, name):
    text = "x,label\n1,a\n1,b\n"
    assert logged(caplog, write_tables(tmp_path, text, text)) == []
    (tmp_path / "a").mkdir()
    (tmp_path / ".hidden").touch()
    (tmp_path / "desktop.ini").touch()
    (tmp_path / name).mkdir()
    assert logged(caplog, tmp_path) == [f"{tmp_path}: not read: a, {name}"]


def test_a_single_class_is_named_in_the_log(tmp_path, caplog):
    text = "x,label\n1,a\n1,a\n"
    folder = write_tables(tmp_path, text, text)
    assert logged(caplog, folder) == [f"{folder} has one class only, a"]


# how points are drawn


def of_points(folder, features, test):
    columns = [f"f{i}" for i in range(len(features[0]))]
    for name, rows in [("train", features), ("test", test)]:
        write_csv(
            folder / f"{name}.csv", [*columns, "label"], [[*r, "a"] for r in rows]
        )
    return read_dataset(folder)


def test_three_features_are_drawn_as_they_are(tmp_path):
    train, test, axes = to_draw(of_points(tmp_path, [[1, 2, 3]], [[4, 5, 6]]))
    assert (train.tolist(), test.tolist()) == ([[1, 2, 3]], [[4, 5, 6]])
    assert axes == ["f0", "f1", "f2"]


def test_other_points_are_drawn_in_the_plane_of_scikit_learns_components(tmp_path):
    from sklearn.decomposition import PCA

    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 5)) * [1, 7, 2, 4, 1]
    test = rng.normal(size=(9, 5))
    points, test_points, axes = to_draw(
        of_points(tmp_path, features.tolist(), test.tolist())
    )
    pca = PCA(2).fit(features)
    assert np.abs(points) == pytest.approx(np.abs(pca.transform(features)))
    assert np.abs(test_points) == pytest.approx(np.abs(pca.transform(test)))
    for axis, share in zip(axes, pca.explained_variance_ratio_, strict=True):
        assert re.fullmatch(
            rf"principal component \d, {share:.0%} of the variance", axis
        )


@pytest.mark.parametrize("columns", [1, 2])
def test_one_or_two_features_are_drawn_in_a_plane_too(tmp_path, columns):
    features = np.arange(4.0 * columns).reshape(4, columns) ** 2
    points, _, axes = to_draw(of_points(tmp_path, features.tolist(), features.tolist()))
    assert points.shape == (4, 2)
    assert np.isfinite(points).all()
    assert len(axes) == 2
