"""The stage validate: a part of the training rows trains, the others judge."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_iris

from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_json
from studies import validate
from tests.own_data import write_points

BLOCK = {
    "kind": "softmax",
    "how": "scratch",
    "data": "data",
    "recipe": "train",
    "batch_size": 8,
    "dtype": "float64",
    "shuffle": True,
    "drop_last": False,
    "init_std": 0.1,
}
LOGISTIC = {"kind": "logistic", "how": "sklearn", "data": "data", "recipe": "fit"}
METRIC = Path("metrics/validation/mine.json")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with iris, 105 rows of which train, and what writes params.yaml there."""
    monkeypatch.chdir(tmp_path)
    write_points(tmp_path / "data", load_iris())

    def write_params(block=BLOCK, lr=0.05):
        train = {"lr": lr, "epochs": 20, "momentum": 0.0, "schedule": "constant"}
        params = {"seed": 0, "split": {"train_rate": 0.8}, "train": train}
        params |= {"fit": {"C": 1.0, "max_iter": 9}, "models": {"mine": block}}
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))

    write_params()
    return write_params


def test_the_rest_of_the_training_rows_judge_and_the_test_set_does_not(project):
    validate.main("mine")
    metrics = read_json(METRIC)
    assert metrics["rows"] == 21
    assert metrics["accuracy"] > 0.8
    path = Path("data/test.csv")
    header, *rows = path.read_text().splitlines()
    wrong = np.roll([row.rpartition(",")[2] for row in rows], 1)
    lines = [f"{row.rpartition(',')[0]},{name}" for row, name in zip(rows, wrong)]
    path.write_text("\n".join([header, *lines]) + "\n")
    validate.main("mine")
    assert read_json(METRIC) == metrics


def test_a_training_that_diverges_gets_nothing_right(project):
    project(BLOCK | {"kind": "mlp", "hidden": [64, 64], "dtype": "float32"}, lr=1e12)
    validate.main("mine")
    assert read_json(METRIC)["accuracy"] == 0


def test_a_model_without_epochs_is_refused(project):
    project(LOGISTIC)
    with pytest.raises(UserError, match="by gradient descent, mine is none"):
        validate.main("mine")
