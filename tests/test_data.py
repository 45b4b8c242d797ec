"""What a folder's data is, standardized and drawn; which kind a folder is."""

import re
from itertools import combinations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis.extra.numpy import arrays

from byhand.charts.scatter import to_draw
from byhand.datasets.folder import Dataset, Part, read_dataset
from byhand.datasets.folder.scale import standardized
from byhand.pipeline.errors import UserError
from tests.own_data import write_tables


def refused(folder, message):
    with pytest.raises(UserError, match=message):
        read_dataset(folder)


# standardized points


def test_standardized_points_have_mean_0_and_deviation_1_where_they_train(tmp_path):
    write_tables(tmp_path, "a,b,label\n1,5,0\n3,5,1\n", "a,b,label\n5,6,0\n")
    dataset = standardized(read_dataset(tmp_path))
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
        UserError, match="^the data: column c1 has 1e.300, too far from"
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
