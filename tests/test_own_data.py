"""Data of one's own: a folder and a block in params.yaml, by DVC's real command line."""

import csv

import numpy as np
import pytest

from byhand.pipeline.outputs import write_csv
from tests import own_data
from tests.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A clone that has run nothing."""
    return Project(tmp_path_factory.mktemp("project"))


OWN_MODELS = """
  logistic_iris_sklearn:
    {kind: logistic, how: sklearn, recipe: fit, data: data/own/iris}
  mlp_wine_torch:
    {kind: mlp, how: torch, data: data/own/wine, hidden: [16], dtype: float32, standardize: true, **}
  softmax_digits_scratch:
    {kind: softmax, how: scratch, data: data/own/digits, dtype: float32, **}
  mlp_idx_torch:
    {kind: mlp, how: torch, data: data/own/idx, hidden: [32], dtype: float32, **}
  softmax_png_scratch:
    {kind: softmax, how: scratch, data: data/own/png, dtype: float32, **}
""".replace(
    "**",
    "recipe: train, batch_size: 8, shuffle: true, drop_last: false, init_std: 0.1, "
    "lr: 0.02, epochs: 20",
)
CLASSES = {
    "logistic_iris_sklearn": ["setosa", "versicolor", "virginica"],
    "mlp_wine_torch": ["class_0", "class_1", "class_2"],
    "softmax_digits_scratch": [str(digit) for digit in range(10)],
    "mlp_idx_torch": own_data.FIVE,
    "softmax_png_scratch": sorted(own_data.FIVE),
}


def test_data_of_ones_own_is_a_folder_and_a_block(project):
    own_data.write_all(project.folder / "data/own")
    path = project.folder / "params.yaml"
    path.write_text(path.read_text() + OWN_MODELS)
    project.dvc("repro", *(f"evaluate@{model}" for model in CLASSES))
    for model, classes in CLASSES.items():
        metrics = project.json(f"metrics/test/{model}.json")
        assert [name for name, _ in metrics["per_class_accuracy"]] == classes
        assert metrics["accuracy"] > 0.85, model
        rows = csv.DictReader((project.folder / f"plots/confusion/{model}.csv").open())
        assert {row["actual"] for row in rows} == set(classes)
        assert (project.folder / f"plots/images/predictions/{model}.png").exists()


def test_a_column_of_ones_own_is_a_feature_and_never_dropped(project):
    """The label follows from the fifth column alone, and is learnt."""
    folder = project.folder / "data/own/five"
    rng = np.random.default_rng(0)
    for part, rows in [("train", 200), ("test", 100)]:
        points = rng.normal(size=(rows, 5))
        names = np.where(points[:, 4] > 0, "up", "down")
        table = [[*p, n] for p, n in zip(points.tolist(), names, strict=True)]
        write_csv(folder / f"{part}.csv", [*"xyzvw", "label"], table)
    path = project.folder / "params.yaml"
    block = "{kind: logistic, how: sklearn, recipe: fit, data: data/own/five}"
    path.write_text(f"{path.read_text()}  logistic_five_sklearn:\n    {block}\n")
    project.dvc("repro", "evaluate@logistic_five_sklearn")
    assert project.json("metrics/test/logistic_five_sklearn.json")["accuracy"] > 0.95


def test_names_of_ones_own_are_no_markup_and_reach_every_output(project):
    names = ["$5 to $10", "$a_$", "100 %", "_hidden", "a, b", "鞋"]
    folder = project.folder / "data/own/names"
    rng = np.random.default_rng(0)
    for part in ("train", "test"):
        points = rng.normal(size=(60, 3)) + 9 * np.eye(6)[:, :3].repeat(10, axis=0)
        rows = [[*p, names[i // 10]] for i, p in enumerate(points.tolist())]
        write_csv(folder / f"{part}.csv", ["$x_1$", "_y", "a.b[0]", "label"], rows)
    path = project.folder / "params.yaml"
    block = "{kind: logistic, how: sklearn, recipe: fit, data: data/own/names}"
    path.write_text(f"{path.read_text()}  logistic_names_sklearn:\n    {block}\n")
    done = project.attempt("repro", "evaluate@logistic_names_sklearn", check=True)
    assert "Warning" not in done.stderr
    metrics = project.json("metrics/test/logistic_names_sklearn.json")
    assert [name for name, _ in metrics["per_class_accuracy"]] == names
    plots = project.folder / "plots"
    rows = csv.DictReader((plots / "confusion/logistic_names_sklearn.csv").open())
    assert {row["actual"] for row in rows} == set(names)
    assert (plots / "images/predictions/logistic_names_sklearn.png").exists()
