"""Rows held out of the training set, and early stopping by them, in every way."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from byhand.datasets.folder import Dataset, Part
from byhand.pipeline.errors import UserError
from byhand.training.loop import measure, on_device
from byhand.training.start import start
from byhand.training.trained import arrays_of
from stages import train as train_stage
from tests.test_models import block

WAYS = ["scratch", "autograd", "torch", "trainer"]
NOISY = {"lr": 0.5, "momentum": 0.0, "schedule": "constant", "weight_decay": 0.0}
NOISY |= {"batch_size": 8, "epochs": 40, "patience": 3, "validation_fraction": 0.25}


def dataset(rows=80) -> Dataset:
    """Labels that are noise: a model soon learns them by heart, and validation suffers."""
    rng = np.random.default_rng(0)
    part = Part(rng.normal(size=(rows, 6)), rng.integers(3, size=rows))
    return Dataset(part, part, ["a", "b", "c"], [*"uvwxyz"])


@pytest.fixture(params=WAYS)
def stopped(request):
    """A way's model that was stopped early: block, data, model, its epochs and figures."""
    noisy = block("mlp", request.param, "float64").model_copy(update=NOISY)
    prepared = noisy.prepared(dataset(), seed=1)
    model, train = start(noisy, prepared, seed=1)
    epochs = []
    try:
        figures = train(epochs.append)
    finally:
        torch.set_deterministic_debug_mode("default")
    return noisy, prepared, model, epochs, figures


@given(st.integers(1, 200), st.floats(0, 0.999), st.integers(0, 5))
def test_held_out_rows_are_a_seeded_part_and_no_row_is_lost(rows, fraction, seed):
    numbers = np.arange(rows)
    part = Part(numbers[:, np.newaxis].astype(float), numbers)
    whole = Dataset(part, part, ["a"], ["x"])
    held_out = whole.hold_out(fraction, seed)
    train, validation = held_out.train.targets, held_out.validation.targets
    assert len(validation) == int(fraction * rows)
    assert sorted([*train, *validation]) == numbers.tolist()
    assert sorted(train) == train.tolist()  # rows keep their order
    assert held_out.test is whole.test
    assert np.array_equal(whole.hold_out(fraction, seed).train.targets, train)


def test_training_stops_when_validation_has_not_gained_for_so_many_epochs(stopped):
    noisy, _, _, epochs, _ = stopped
    losses = [epoch.validation_loss for epoch in epochs]
    best = int(np.argmin(losses))
    assert best + 1 + noisy.patience == len(epochs) < noisy.epochs
    assert min(losses[best + 1 :]) >= losses[best]


def test_the_model_is_that_of_the_best_epoch(stopped):
    _, prepared, model, epochs, figures = stopped
    assert figures == min(epochs, key=lambda epoch: epoch.validation_loss)
    sets = [on_device(part, "cpu") for part in (prepared.test, prepared.validation)]
    kept = [figures.test_acc, figures.validation_loss, figures.validation_acc]
    assert list(measure(model, *sets)) == kept


def test_a_training_of_as_many_epochs_ends_with_the_same_bytes(stopped):
    noisy, prepared, model, _, figures = stopped
    short = noisy.model_copy(update={"epochs": figures.epoch, "patience": 0})
    same, train = start(short, prepared, seed=1)
    assert train() == figures
    for one, other in zip(
        arrays_of(model).values(), arrays_of(same).values(), strict=True
    ):
        assert np.array_equal(one, other)


def test_every_way_stops_at_the_same_epoch():
    ends = []
    for how in WAYS:
        noisy = block("mlp", how, "float64").model_copy(update=NOISY)
        _, train = start(noisy, noisy.prepared(dataset(), seed=1), seed=1)
        ends.append(train())
    for end in ends:
        assert end == pytest.approx(ends[0], rel=1e-9)


def test_no_test_row_decides_when_to_stop():
    noisy = block("mlp", "scratch", "float64").model_copy(update=NOISY)
    prepared = noisy.prepared(dataset(), seed=1)
    other_test = prepared._replace(
        test=prepared.test._replace(features=prepared.test.features + 9)
    )
    ends = [start(noisy, data, seed=1)[1]() for data in (prepared, other_test)]
    assert ends[0].test_acc != ends[1].test_acc
    assert ends[0]._replace(test_acc=0) == ends[1]._replace(test_acc=0)


def test_held_out_rows_have_no_part_in_standardizing():
    standard = block("mlp", "scratch").model_copy(
        update={"validation_fraction": 0.5, "standardize": True}
    )
    prepared = standard.prepared(dataset(), seed=1)
    assert prepared.train.features.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert abs(prepared.validation.features.mean(axis=0)).max() > 0.01


def test_patience_needs_rows_held_out():
    impatient = block("mlp", "torch").model_copy(update={"patience": 2})
    sentence = "models.m.patience needs a validation_fraction above 0, got patience 2"
    with pytest.raises(UserError, match=sentence):
        impatient.check("m", (3,), [9])


def test_a_fraction_that_holds_out_no_row_is_refused():
    few = block("mlp", "torch").model_copy(update={"validation_fraction": 0.01})
    sentence = (
        "validation_fraction 0.01 holds out none of the 80 training rows of data/spl"
    )
    with pytest.raises(UserError, match=sentence):
        few.prepared(dataset(), seed=1)


def test_the_history_is_whole_after_every_epoch_and_names_validation(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i},{i % 7},{'ab'[i % 2]}\n" for i in range(40))
    Path("data").mkdir()
    for part in ("train", "test"):
        Path(f"data/{part}.csv").write_text(f"x,y,label\n{rows}")
    settings = {"lr": 0.1, "epochs": 3, "momentum": 0.0, "schedule": "constant"}
    settings |= {"weight_decay": 0.0, "patience": 0, "validation_fraction": 0.25}
    own = {"kind": "softmax", "how": "scratch", "data": "data", "recipe": "train"}
    own |= {"batch_size": 5, "dtype": "float64", "shuffle": True, "drop_last": False}
    own |= {"init_std": 0.1, "standardize": True}
    params = {"seed": 0, "train": settings, "models": {"m": own}}
    Path("params.yaml").write_text(json.dumps(params))
    seen, write = [], train_stage.write_csv

    def look(path, *arguments):
        write(path, *arguments)
        with path.open() as file:
            seen.append(list(csv.DictReader(file)))

    monkeypatch.setattr(train_stage, "write_csv", look)
    train_stage.main("m")
    assert [len(rows) for rows in seen] == [1, 2, 3, 3]
    assert list(seen[0][0])[-2:] == ["validation_loss", "validation_acc"]
    metrics = json.loads(Path("metrics/train/m.json").read_text())
    assert metrics["validation_acc"] == float(seen[-1][-1]["validation_acc"])
    assert metrics["batches"] == 3 * 6
