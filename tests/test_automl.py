"""AutoML on a real server: the book's split, and models that come out and back the same."""

import numpy as np
import pandas as pd
import pytest

from byhand.automl.fitting import (
    fit,
    leaderboard,
    mojo,
    probabilities,
    score_mojo,
    split_rows,
    to_pandas,
    upload,
    variable_importance,
)
from byhand.automl.server import h2o_server

FEATURES = ["size", "colour"]


@pytest.fixture(scope="module")
def server():
    with h2o_server():
        yield


@pytest.fixture(scope="module")
def table():
    """200 rows whose label follows from a number and a category, with some noise."""
    rng = np.random.default_rng(0)
    size, colour = rng.normal(size=200), rng.choice(["red", "blue"], size=200)
    score = size + (colour == "red") + rng.normal(scale=0.3, size=200)
    label = (score > 0.5).astype(int)
    columns = {"size": size, "colour": colour, "label": label, "fold": range(200)}
    return pd.DataFrame(columns).assign(fold=lambda t: t["fold"] % 4)


def run(table):
    frame = upload(table, ["colour", "label"])
    settings = {"max_models": 3, "seed": 1, "fold_column": "fold"}
    return frame, fit(frame, FEATURES, "label", **settings, monotone={"size": 1})


def test_the_split_is_the_books(server):
    first = split_rows(891, 0.8, 377)
    assert (first.sum(), (~first).sum()) == (705, 186)


def test_two_runs_give_the_same_models_to_the_byte_and_the_same_tables(server, table):
    (_, one), (_, other) = run(table), run(table)
    assert leaderboard(one).equals(leaderboard(other))
    names = leaderboard(one)["model_id"]
    assert not names.str.contains("AutoML").any()
    assert mojo(one.leader) == mojo(other.leader)
    held_out, again = (
        probabilities(a.leader.cross_validation_holdout_predictions())
        for a in (one, other)
    )
    assert np.array_equal(held_out, again)
    importance = variable_importance(one.leader)
    assert importance["importance"].sum() == pytest.approx(1)


def test_every_model_comes_back_from_its_mojo_with_the_same_predictions(
    server, table, tmp_path
):
    import h2o

    frame, automl = run(table)
    kinds = set()
    for name in to_pandas(automl.leaderboard)["model_id"]:
        model = h2o.get_model(name)
        kinds.add(model.algo)
        path = tmp_path / f"{name}.zip"
        path.write_bytes(mojo(model))
        expected = probabilities(model.predict(frame))
        assert np.array_equal(score_mojo(path, frame), expected)
    assert kinds == {"gbm", "glm"}


def test_trees_are_held_to_the_direction_they_are_given(server, table):
    _, automl = run(table)
    rising = pd.DataFrame({"size": np.linspace(-3, 3, 50), "colour": "red"})
    predicted = probabilities(automl.leader.predict(upload(rising, ["colour"])))
    assert (np.diff(predicted) >= 0).all()


def test_classes_that_are_numbers_keep_their_names_without_any_text_beside_them(server):
    numbers = pd.DataFrame({"size": [0.5, 1.5, 2.5], "label": [0, 1, 1]})
    assert upload(numbers, ["label"])["label"].levels() == [["0", "1"]]


def test_a_category_that_training_never_saw_is_scored_as_if_it_were_missing(
    server, table, tmp_path
):
    _, automl = run(table)
    path = tmp_path / "model.zip"
    path.write_bytes(mojo(automl.leader))
    unseen = table[FEATURES].assign(colour="green")
    predicted = score_mojo(path, upload(unseen, ["colour"]))
    assert ((predicted >= 0) & (predicted <= 1)).all()
    assert np.corrcoef(predicted, table["size"])[0, 1] > 0.5
