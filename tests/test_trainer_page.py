"""The report's trainer: its JavaScript, run by node, does what the pipeline's Python does."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytest import approx

from byhand.datasets.folder import Dataset, Part
from byhand.pages.regions import Plane, zero_lines
from byhand.pages.trainer import as_base64, as_matrix, trainer_spec
from byhand.scratch.mlp import MLP
from byhand.scratch.sgd import SGD
from byhand.training.loop import train
from tests.node import in_node, needs_node

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
# what each epoch of the page's training comes to, with changes to the spec's settings
TRAIN = """
    const { spec, changes } = given, settings = { ...spec, ...changes }, history = [];
    const model = { layers: asLayers(spec.initial), activation: settings.activation };
    for (const epoch of train(model, asSet(spec.train), asSet(spec.test), settings, randomFrom(spec.seed))) {
      if (epoch) history.push(epoch);
      if (history.length === settings.epochs) return history;
    }
"""

pytestmark = needs_node


def run_network(body: str, given=None):
    """Return what JavaScript returns that has `given` and the trainer's functions."""
    files = ("network.js", "sets.js", "regions.js")
    return in_node([f"trainer/{file}" for file in files], body, given)


def trained_in_node(spec, **changes):
    """Return what each epoch of the page's training comes to, as rows of a history."""
    history = run_network(TRAIN, {"spec": spec, "changes": changes})
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


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("hidden", [[], [5], [6, 5]], ids=str)
def test_its_gradients_are_those_of_finite_differences(dataset, hidden, activation):
    """(f(x + h) - f(x - h)) / 2h is off by about h² = 1e-12 and by ε / h = 2e-10."""
    body = """
        const model = { layers: asLayers(given.spec.initial), activation: given.activation }, h = 1e-6;
        const { features, targets } = asSet(given.spec.train);
        const loss = () => learn(model, features, targets).loss;
        const numbers = ({ weight, bias }) => [weight.numbers, bias];
        const formulas = learn(model, features, targets).gradients.flatMap(numbers);
        return model.layers.flatMap(numbers).flatMap((parameter, i) => [...parameter].map((value, j) => {
          const [above, below] = [value + h, value - h].map((moved) => {
            parameter[j] = moved;
            return loss();
          });
          parameter[j] = value;
          return [formulas[i][j], (above - below) / (2 * h)];
        }));
    """
    spec = spec_of(block_with(hidden=hidden), dataset)
    pairs = np.array(run_network(body, {"spec": spec, "activation": activation}))
    sizes = [INPUTS, *hidden, CLASSES]
    assert len(pairs) == sum((i + 1) * o for i, o in pairwise(sizes))
    assert np.abs(pairs).max(axis=0).min() > 0.01
    assert pairs[:, 0] == approx(pairs[:, 1], abs=1e-8)


def test_each_setting_changes_the_result_and_the_same_settings_give_it_again(dataset):
    spec = spec_of(BLOCK, dataset)
    settings = [{}, {"lr": 0.2}, {"batch_size": 20}, {"weight_decay": 0.01}]
    settings += [{"activation": "tanh"}, {"shuffle": True}]
    results = [trained_in_node(spec, **changes) for changes in settings]
    losses = [history[-1][1] for history in results]
    assert len(set(losses)) == len(settings)
    assert trained_in_node(spec, shuffle=True) == results[-1]
    assert trained_in_node(spec | {"seed": 1}, shuffle=True) != results[-1]


def controls_of(block, dataset, rates=()):
    spec = trainer_spec("tiny", block, dataset, [], [], 0, rates)
    return {control["key"]: control for control in spec["controls"]}


def test_the_controls_offer_what_the_model_has_as_javascript_writes_it(dataset):
    block = block_with(lr=0.07, hidden=[6, 5], batch_size=7, weight_decay=0.003)
    controls = controls_of(block, dataset)
    chosen = {"lr": "0.07", "hidden": "6", "hidden2": "5", "activation": "relu"}
    chosen |= {"set": "pipeline", "batch_size": "7", "weight_decay": "0.003"}
    assert {key: control["chosen"] for key, control in controls.items()} == chosen
    for key, control in controls.items():
        assert control["chosen"] in control["values"]
        if key not in ("set", "activation"):
            values = [float(value) for value in control["values"]]
            assert values == sorted(values)
    assert controls["weight_decay"]["values"]["0"] == "0"
    assert max(map(int, controls["batch_size"]["values"])) <= ROWS
    without = controls_of(block_with(hidden=[]), dataset)
    assert list(without) == ["set", "lr", "batch_size", "weight_decay"]


def test_the_page_opens_at_the_learning_rate_at_which_it_agrees_with_the_pipeline(
    dataset,
):
    figures = {"epoch": 1, "train_loss": 1, "train_acc": 1, "test_acc": 1}
    run = {"lr": "0.03", "shuffle": "False"} | figures
    assert controls_of(BLOCK, dataset, [run])["lr"]["chosen"] == "0.03"
    shuffled = run | {"shuffle": "True"}
    assert controls_of(BLOCK, dataset, [shuffled])["lr"]["chosen"] == "0.1"


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


def test_the_weights_it_draws_are_normal():
    """Of n draws, the mean lies σ/√n from 0 and the deviation σ/√2n from σ: five times that."""
    body = """
        const layers = drawnLayers([3, 1000, 20], (inputs) => 1 / inputs, randomFrom(0));
        return layers.map(({ weight, bias }) => [[...weight.numbers], [...bias]]);
    """
    for (weight, bias), inputs in zip(run_network(body), (3, 1000), strict=True):
        n, std = len(weight), 1 / inputs
        assert np.mean(weight) == approx(0, abs=5 * std / n**0.5)
        assert np.std(weight) == approx(std, rel=5 / (2 * n) ** 0.5)
        assert np.abs(weight).max() > 2.5 * std
        assert not np.any(bias)


def test_sets_come_again_from_their_seed_and_have_as_many_points_of_each_label():
    body = """
        const drawn = (name, seed) => {
          const { features, targets } = drawnSet(name, 400, randomFrom(seed));
          return [[...features.numbers], [...targets]];
        };
        return Object.keys(SETS).map((name) => [drawn(name, 0), drawn(name, 0), drawn(name, 1)]);
    """
    sets = run_network(body)
    assert len(sets) == 4
    for first, again, other in sets:
        features, targets = first
        assert first == again != other
        assert np.bincount(targets).tolist() == [200, 200]
        assert np.abs(features).max() < 2.2  # the window


def test_hidden_layers_learn_every_set_and_one_line_does_not_learn_xor():
    """The hidden layers are those that the page opens with; so are the other settings."""
    body = """
        const settings = { lr: 0.1, momentum: 0, schedule: "constant", weight_decay: 0, batch_size: 10, epochs: 100 };
        const accuracy = (name, hidden) => {
          const random = randomFrom(0), trainSet = drawnSet(name, 400, random), testSet = drawnSet(name, 400, random);
          const layers = drawnLayers([2, ...hidden, 2], (inputs) => Math.sqrt(2 / inputs), random);
          for (const came of train({ layers, activation: "relu" }, trainSet, testSet, settings, random)) {
            if (came?.epoch === settings.epochs) return came.test_acc;
          }
        };
        const learnt = Object.keys(SETS).map((name) => accuracy(name, SETS[name].hidden));
        return [learnt, accuracy("xor", [])];
    """
    learnt, xor_by_one_line = run_network(body)
    assert min(learnt) > 0.97
    assert xor_by_one_line < 0.6


def test_points_lie_where_the_plane_says_and_lines_where_a_unit_is_0():
    """The page's plane and lines are those of regions.py."""
    plane = Plane(np.array([1.0, 2.0, 3.0]), np.eye(3)[[0, 2]], near=1.0)
    random = np.random.default_rng(0)
    points, weight = random.normal(size=(5, 3)), random.normal(size=(4, 3))
    bias = random.normal(size=4)
    body = """
        const plane = { ...given, directions: asMatrix(given.directions), centre: [0, 0], half: 9 };
        const places = flattened(plane, asMatrix(given.points)), [layer] = asLayers([given.layer]);
        const back = flattened(plane, inSpace(plane, places));
        return [[...places.numbers], [...back.numbers], unitLines(plane, layer)];
    """
    given = {
        "origin": plane.origin.tolist(),
        "directions": as_matrix(plane.directions),
        "points": as_matrix(points),
        "layer": {"weight": as_matrix(weight), "bias": as_base64(bias, "<f8")},
    }
    places, back, lines = run_network(body, given)
    assert places == approx(plane.flatten(points)[0].ravel())
    assert back == approx(places)
    window = np.array([[-9.0, -9.0], [9.0, 9.0]])
    ends = zero_lines(plane, weight, bias, window)
    assert len(ends) == len(lines)
    for (a, b, c), line in zip(lines, ends, strict=True):
        assert line @ [a, b] + c == approx(0, abs=1e-9)


def test_a_shuffle_has_every_row_once_in_every_place():
    """Each of the 6 orders of 3 rows comes 1000 times of 6000, give or take 5 · 29."""
    body = """
        const random = randomFrom(0), count = {};
        for (let i = 0; i < 6000; i++) {
          const order = Uint32Array.from([0, 1, 2]);
          shuffleRows(order, random);
          count[order] = (count[order] ?? 0) + 1;
        }
        return count;
    """
    count = run_network(body)
    assert sorted(count) == ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"]
    assert list(count.values()) == approx([1000] * 6, abs=145)


def test_large_logits_do_not_overflow():
    body = """
        const numbers = (...values) => Float64Array.from(values), features = { rows: 1, columns: 1, numbers: numbers(1) };
        const layer = { weight: { rows: 2, columns: 1, numbers: numbers(1e4, 0) }, bias: numbers(0, 0) };
        const { loss, gradients } = learn({ layers: [layer], activation: "relu" }, features, [1]);
        return [loss, ...gradients[0].bias];
    """
    assert run_network(body) == [1e4, 1, -1]
