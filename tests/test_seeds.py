"""Many seeds: a seed gives what the pipeline gives for it, and the summary is NumPy's."""

import csv
import json
import shutil
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import yaml
from hypothesis import given
from pytest import approx

from byhand.datasets.folder import read_dataset
from byhand.evaluation.spread import spread
from stages import evaluate, generate, split, train
from studies import last_digit, seeds

MODELS = ["mlp_xor_scratch", "softmax_clusters_scratch", "logistic_clusters_sklearn"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Change to a folder with a params.yaml of small samples, two epochs and three seeds."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    params["seed"] = 2
    params["generate"] |= {"min_size": 30, "size_range": 5}
    params["train"]["epochs"] = 2
    params["seeds"] = dict.fromkeys(MODELS, 3)
    params["studies"]["nudge"] = (
        1e-6  # a last digit takes more steps than these to grow
    )
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    shutil.copytree("data/titanic", tmp_path / "data/titanic")
    monkeypatch.chdir(tmp_path)
    for name in ("clusters", "xor"):
        generate.main(name)
        split.main(name)


@pytest.mark.parametrize("name", ["clusters", "xor"])
def test_a_seed_draws_the_samples_that_the_pipeline_draws_for_it(project, name):
    drawn, written = seeds.drawn(name, 2), read_dataset(f"data/split/{name}")
    for ours, theirs in zip(drawn[:2], written[:2], strict=True):
        assert np.array_equal(ours.features, theirs.features)
        assert np.array_equal(ours.targets, theirs.targets)
    assert drawn[2:] == written[2:]
    assert not np.array_equal(seeds.drawn(name, 1)[0].features, drawn[0].features)


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_comes_to_what_the_pipeline_comes_to_with_it(project, model):
    train.main(model)
    evaluate.main(model)
    trained, measured = (
        json.loads(Path(f"metrics/{part}/{model}.json").read_text())
        for part in ("train", "test")
    )
    seeds.main(model)
    with open(f"plots/seeds/{model}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["seed"] for row in rows] == ["0", "1", "2"]
    of_seed = {key: float(value) for key, value in rows[2].items()}
    assert of_seed == {
        "seed": 2,
        "train_loss": trained["train_loss"],
        "train_acc": trained["train_acc"],
        "test_acc": measured["accuracy"],
    }
    summary = json.loads(Path(f"metrics/seeds/{model}.json").read_text())
    assert list(summary) == ["train_loss", "train_acc", "test_acc"]
    assert summary["test_acc"]["n"] == 3


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_a_summary_is_numpys(values):
    summary = spread(values)
    assert summary["n"] == len(values)
    assert summary["mean"] == approx(np.mean(values), abs=1e-6)
    assert summary["std"] == approx(np.std(values, ddof=1), abs=1e-6)
    assert summary["median"] == approx(np.median(values))
    assert (summary["min"], summary["max"]) == (min(values), max(values))


def test_a_nudge_moves_one_run_and_not_the_other(project):
    last_digit.main("mlp_xor_scratch")
    train.main("mlp_xor_scratch")
    rows, history = (
        list(
            csv.DictReader(
                Path(f"plots/{folder}/mlp_xor_scratch.csv").read_text().split()
            )
        )
        for folder in ("last_digit", "history")
    )
    assert [row["train_loss"] for row in rows] == [r["train_loss"] for r in history]
    assert rows[-1]["nudged_train_loss"] != rows[-1]["train_loss"]
    assert float(rows[0]["nudged_train_loss"]) == approx(
        float(rows[0]["train_loss"]), abs=1e-5
    )
