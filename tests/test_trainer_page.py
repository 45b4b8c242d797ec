"""The report's trainer: its JavaScript, run by node, does what the pipeline's Python does."""

import json
import shutil
import subprocess
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytest import approx

from byhand.datasets.folder import Dataset, Part
from byhand.pages.trainer import trainer_spec
from byhand.scratch.mlp import MLP
from byhand.scratch.sgd import SGD
from byhand.training.loop import train
from tests.project import ROOT

NODE = shutil.which("node")
ROWS, INPUTS, CLASSES = 103, 3, 4
BLOCK = SimpleNamespace(
    hidden=[5],
    init_std=0.5,
    lr=0.1,
    momentum=0.0,
    schedule="constant",
    weight_decay=0.0,
    epochs=4,
    batch_size=8,
    shuffle=False,
    drop_last=False,
)
# of trainer.js, what an epoch after the other comes to, with other settings than the spec's
TRAIN = """
    const { spec, changes } = given, settings = { ...spec, ...changes };
    const random = page.randomFrom(spec.seed), history = [];
    const layers = page.initialLayers(spec, settings.hidden, random);
    const start = layers.map(({ weight, bias }) => [[...weight.numbers], [...bias]]);
    for (const epoch of page.train(layers, page.asSet(spec.train), page.asSet(spec.test), settings, random)) {
      if (epoch) history.push(epoch);
      if (history.length === settings.epochs) return { start, history };
    }
"""

pytestmark = pytest.mark.skipif(not NODE, reason="no node: apt install nodejs")


def in_node(body: str, given):
    """Return what JavaScript returns that has `given`, and trainer.js's functions as `page`."""
    path = json.dumps(str(ROOT / "byhand/pages/trainer.js"))
    program = (
        f"const page = require({path});"
        "const given = JSON.parse(require('fs').readFileSync(0));"
        f"console.log(JSON.stringify((() => {{{body}}})()));"
    )
    result = subprocess.run(
        [NODE, "-e", program],
        input=json.dumps(given),
        text=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def trained_in_node(spec, **changes):
    """Return what each epoch of the page's training comes to, as rows of a history."""
    history = in_node(TRAIN, {"spec": spec, "changes": changes})["history"]
    return [list(row.values()) for row in history]


def block_with(**changes):
    return SimpleNamespace(**(vars(BLOCK) | changes))


@pytest.fixture
def dataset():
    """A learnable problem: the target is the largest of three numbers, or none above 0."""
    features = np.random.default_rng(0).normal(size=(2 * ROWS, INPUTS))
    targets = np.where(features.max(axis=1) > 0, features.argmax(axis=1), INPUTS)
    train_part, test_part = (
        Part(features[half], targets[half]) for half in (slice(ROWS), slice(ROWS, None))
    )
    return Dataset(train_part, test_part, list("abcd"), list("xyz"))


def model_of(block):
    generator = torch.Generator().manual_seed(1)
    sizes = [INPUTS, *block.hidden, CLASSES]
    return MLP(sizes, block.init_std, torch.float64, generator)


def spec_of(block, dataset):
    initial = [(w.numpy().copy(), b.numpy().copy()) for w, b in model_of(block).layers]
    return trainer_spec("tiny", block, dataset, initial, [], 0, [])


def by_the_pipeline(model, block, dataset):
    """Return what each epoch of the pipeline's training comes to, as rows of a history."""
    names = ("lr", "momentum", "schedule", "epochs", "weight_decay")
    optimizer = SGD(model, **{name: getattr(block, name) for name in names})
    epochs = train(
        model,
        optimizer,
        dataset.train,
        dataset.test,
        epochs=block.epochs,
        batch_size=block.batch_size,
        shuffle=False,
        drop_last=block.drop_last,
    )
    return [list(epoch[:4]) for epoch in epochs]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hidden": []},
        {"hidden": [6, 5]},
        {"drop_last": True},
        {"batch_size": 1},
        {"momentum": 0.9, "schedule": "cosine"},
        {"momentum": 0.5, "weight_decay": 0.05},
    ],
    ids=str,
)
def test_the_page_trains_as_the_pipeline_does(dataset, changes):
    block = block_with(**changes)
    expected = by_the_pipeline(model_of(block), block, dataset)
    ours = trained_in_node(spec_of(block, dataset))
    assert ours == [approx(row, rel=1e-9) for row in expected]


@pytest.mark.parametrize("hidden", [[], [5], [6, 5]], ids=str)
def test_its_gradients_are_those_of_finite_differences(dataset, hidden):
    """(f(x + h) - f(x - h)) / 2h is off by about h² = 1e-12 and by ε / h = 2e-10."""
    body = """
        const layers = page.initialLayers(given, given.hidden, null), h = 1e-6;
        const { features, targets } = page.asSet(given.train);
        const loss = () => page.learn(layers, features, targets).loss;
        const numbers = ({ weight, bias }) => [weight.numbers, bias];
        const formulas = page.learn(layers, features, targets).gradients.flatMap(numbers);
        return layers.flatMap(numbers).flatMap((parameter, i) => [...parameter].map((value, j) => {
          const [above, below] = [value + h, value - h].map((moved) => {
            parameter[j] = moved;
            return loss();
          });
          parameter[j] = value;
          return [formulas[i][j], (above - below) / (2 * h)];
        }));
    """
    pairs = np.array(in_node(body, spec_of(block_with(hidden=hidden), dataset)))
    sizes = [INPUTS, *hidden, CLASSES]
    assert len(pairs) == sum((i + 1) * o for i, o in pairwise(sizes))
    assert np.abs(pairs).max(axis=0).min() > 0.01
    assert pairs[:, 0] == approx(pairs[:, 1], abs=1e-8)


def test_without_hidden_units_it_is_softmax_regression(dataset):
    """Its weights are the page's own, and what it makes of them the pipeline's."""
    spec = spec_of(BLOCK, dataset)
    result = in_node(TRAIN, {"spec": spec, "changes": {"hidden": []}})
    ((weight, bias),) = result["start"]
    assert bias == [0] * CLASSES
    block = block_with(hidden=[])
    model = model_of(block)
    model.layers[0][0].copy_(
        torch.tensor(weight, dtype=torch.float64).view(CLASSES, INPUTS)
    )
    expected = by_the_pipeline(model, block, dataset)
    ours = [list(row.values()) for row in result["history"]]
    assert ours == [approx(row, rel=1e-9) for row in expected]


def test_each_control_changes_the_result_and_the_same_settings_give_it_again(dataset):
    spec = spec_of(BLOCK, dataset)
    settings = [
        {},
        {"lr": 0.2},
        {"hidden": []},
        {"hidden": [16]},
        {"batch_size": 20},
        {"shuffle": True},
    ]
    results = [trained_in_node(spec, **changes) for changes in settings]
    losses = [history[-1][1] for history in results]
    assert len(set(losses)) == len(settings)
    assert trained_in_node(spec, shuffle=True) == results[-1]
    assert trained_in_node(spec | {"seed": 1}, shuffle=True) != results[-1]


def test_the_sliders_offer_what_the_model_has(dataset):
    spec = spec_of(block_with(lr=0.07, hidden=[6, 5], batch_size=7), dataset)
    offered = {slider["key"]: slider["values"] for slider in spec["sliders"]}
    for key, values in offered.items():
        assert spec[key] in values
        assert values == sorted(values)
    assert offered["hidden"][0] == []
    assert offered["batch_size"][-1] <= ROWS
    without = spec_of(block_with(hidden=[]), dataset)["sliders"]
    assert [slider["key"] for slider in without] == ["lr", "batch_size"]


def test_other_learning_rates_are_held_against_the_pipelines_own_runs(dataset):
    def row(**values):
        figures = {"epoch": "1", "train_loss": "1", "train_acc": "1", "test_acc": "1"}
        return figures | values

    rates = [
        row(lr=lr, shuffle=shuffle)
        for lr in ("0.01", "0.1")
        for shuffle in ("False", "True")
    ]
    spec = trainer_spec("tiny", BLOCK, dataset, [], [row()], 0, rates)
    assert [entry["lr"] for entry in spec["history"]] == [0.1, 0.01]


def test_the_weights_it_draws_are_normal(dataset):
    """Of n draws, the mean lies σ/√n from 0 and the deviation σ/√2n from σ: five times that."""
    spec = spec_of(BLOCK, dataset)
    changes = {"hidden": [1000, 20], "epochs": 0}
    body = TRAIN.replace("for (", "return { start }; for (")
    layers = in_node(body, {"spec": spec, "changes": changes})["start"]
    for weight, bias in layers[:2]:
        n = len(weight)
        assert np.mean(weight) == approx(0, abs=5 * BLOCK.init_std / n**0.5)
        assert np.std(weight) == approx(BLOCK.init_std, rel=5 / (2 * n) ** 0.5)
        assert np.abs(weight).max() > 2.5 * BLOCK.init_std
        assert not np.any(bias)


def test_a_shuffle_has_every_row_once_in_every_place():
    """Each of the 6 orders of 3 rows comes 1000 times of 6000, give or take 5 · 29."""
    body = """
        const random = page.randomFrom(0), count = {};
        for (let i = 0; i < 6000; i++) {
          const order = Uint32Array.from([0, 1, 2]);
          page.shuffleRows(order, random);
          count[order] = (count[order] ?? 0) + 1;
        }
        return count;
    """
    count = in_node(body, None)
    assert sorted(count) == ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"]
    assert list(count.values()) == approx([1000] * 6, abs=145)


def test_large_logits_do_not_overflow():
    body = """
        const numbers = (...values) => Float64Array.from(values), features = { rows: 1, columns: 1, numbers: numbers(1) };
        const layer = { weight: { rows: 2, columns: 1, numbers: numbers(1e4, 0) }, bias: numbers(0, 0) };
        const { loss, gradients } = page.learn([layer], features, [1]);
        return [loss, ...gradients[0].bias];
    """
    assert in_node(body, None) == [1e4, 1, -1]
