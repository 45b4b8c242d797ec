"""Studies of one model with other settings: by both recipes, with training that fails."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml
from pytest import approx

from byhand.evaluation import settings
from byhand.pages import studies as charts_of
from byhand.pages.results import read_rows
from byhand.pages.studies import bundles, mean_of_seeds
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import load_params
from stages import check, train
from studies import gradients, recipes, variations
from tests.own_data import write_idx

MODELS = ["mlp_fashion_torch", "lenet_fashion_torch"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Change to a folder with small images, two classes by their brighter half."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    generator = np.random.default_rng(0)
    for part, rows in (("train", 60), ("t10k", 30)):
        targets = np.arange(rows, dtype=np.uint8) % 2
        images = generator.integers(0, 90, (rows, 12, 12), dtype=np.uint8)
        for image, target in zip(images, targets):
            image[:, 6 * target : 6 * target + 6] += 100
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", targets)
    for model in MODELS:
        params["models"][model] |= {"data": ".", "batch_size": 20}
    params["train"]["epochs"] = params["lenet"]["epochs"] = 2
    studies = params["studies"]
    studies["recipes"]["seeds"] = 2
    monkeypatch.chdir(tmp_path)

    def with_runs(model=MODELS[0], settings=None, **runs):
        part = {"seeds": 2, "settings": settings or {}, "runs": runs}
        studies["variations"] = {model: part}
        Path("params.yaml").write_text(yaml.safe_dump(params))

    with_runs(as_is={})
    return with_runs


def test_each_network_is_trained_by_both_recipes_on_images_and_on_permuted_images(
    project,
):
    recipes.main()
    rows = read_rows(Path("plots/recipes.csv"))
    cells = [tuple(row[k] for k in ("network", "recipe", "permuted")) for row in rows]
    assert len(rows) == 2 * len({*cells}) == 16
    accuracies = json.loads(Path("metrics/recipes.json").read_text())
    assert len(accuracies) == 8
    of_cell = [
        float(r["test_acc"]) for r in rows if r["network"] == r["recipe"] == "mlp"
    ]
    assert accuracies["mlp_by_mlp"]["mean"] == approx(np.mean(of_cell[:2]))
    # LeNet by its own recipe, on images as they are, is the pipeline's from this seed
    train.main("lenet_fashion_torch")
    (_, last) = read_rows(Path("plots/history/lenet_fashion_torch.csv"))
    (first, _) = [r for r, c in zip(rows, cells) if c == ("lenet", "lenet", "False")]
    assert first["seed"] == "0"
    assert float(first["train_loss"]) == approx(float(last["train_loss"]), rel=1e-6)


def test_a_permutation_is_one_for_all_images_and_loses_no_pixel():
    images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 1, 3, 3)
    order = np.random.default_rng(0).permutation(9)
    features, _ = recipes.with_pixels(recipes.Part(images, np.zeros(2)), order)
    assert features.shape == images.shape
    assert sorted(features[0].ravel()) == list(range(9))
    assert (features[1] - features[0] == 9).all()


def test_a_variation_trains_as_the_model_with_these_settings_does(project):
    project(settings={"epochs": 3}, as_is={}, larger={"lr": 0.2})
    variations.main("mlp_fashion_torch")
    rows = read_rows(Path("plots/variations/mlp_fashion_torch.csv"))
    assert [(r["run"], r["seed"], r["epoch"]) for r in rows] == [
        (run, seed, epoch)
        for run in ("as_is", "larger")
        for seed in ("0", "1")
        for epoch in ("1", "2", "3")
    ]
    train.main("mlp_fashion_torch")
    for ours, theirs in zip(
        rows, read_rows(Path("plots/history/mlp_fashion_torch.csv"))
    ):
        assert float(ours["train_loss"]) == approx(float(theirs["train_loss"]))


def test_weights_at_0_leave_every_unit_inactive_and_diverged_runs_end(project):
    project(zero={"init_std": 0.0}, far={"lr": 1e12, "init_std": 1e12})
    variations.main("mlp_fashion_torch")
    rows = read_rows(Path("plots/variations/mlp_fashion_torch.csv"))
    assert [row["inactive"] for row in rows if row["run"] == "zero"] == ["1.0"] * 4
    assert not [row for row in rows if row["run"] == "far" and row["epoch"] == "2"]


def test_gradients_are_measured_in_every_layer_before_the_first_step(project):
    model = "lenet_fashion_torch"
    project(model, relu={}, sigmoid={"activation": "sigmoid", "init": "xavier"})
    gradients.main(model)
    rows = read_rows(Path(f"plots/gradients/{model}.csv"))
    assert [row["layer"] for row in rows[:5]] == ["1", "2", "3", "4", "5"]
    sizes = {
        run: [float(r["size"]) for r in rows if (r["run"], r["layer"]) == (run, "1")]
        for run in ("relu", "sigmoid")
    }
    assert max(sizes["sigmoid"]) < min(sizes["relu"]) / 10


def test_settings_that_a_model_cannot_have_are_refused_by_check(project):
    project(wrong={"lr": -1})
    params = load_params("", check.schema([]))
    expected = "studies.variations.mlp_fashion_torch.runs.wrong.lr must be > 0, got -1"
    with pytest.raises(UserError, match=expected):
        settings.check(params)


def test_a_chart_has_a_line_for_each_seed_and_names_each_run_once():
    rows = [
        {"run": run, "seed": seed, "epoch": epoch, "loss": str(float(epoch) + i)}
        for i, run in enumerate("ab")
        for seed in "01"
        for epoch in "123"
    ]
    chart = bundles(rows, {"a": "one", "b": "other"}, "epoch", "loss", "nats")
    assert [(line.name, line.showlegend) for line in chart.data] == [
        *(("one", True), ("one", False)),
        *(("other", True), ("other", False)),
    ]
    assert chart.data[2].y == (2, 3, 4)
    assert mean_of_seeds(rows, "loss", max) == {"a": 3, "b": 4}


def test_the_chart_of_recipes_has_each_seed_in_its_row():
    rows = [
        {"network": n, "recipe": r, "permuted": p, "seed": s, "test_acc": f"0.{i}{s}"}
        for n in ("mlp", "lenet")
        for i, (r, p) in enumerate(product(("mlp", "lenet"), ("False", "True")))
        for s in "12"
    ]
    perceptron, lenet = charts_of.recipes(rows).data
    assert (perceptron.name, lenet.name) == ("perceptron", "LeNet")
    assert perceptron.x == lenet.x == (0.01, 0.02, 0.11, 0.12, 0.21, 0.22, 0.31, 0.32)
    assert perceptron.y[2] == "the perceptron’s recipe,<br>pixels permuted"
