"""The report's trainer beside the pipeline, on the pipeline's own data and initial weights."""

import sys

import pytest
from pytest import approx

from byhand.datasets.folder import Part, read_dataset
from byhand.pages.results import Results, read_rows
from byhand.pages.trainer import trainer_spec
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model
from byhand.training.start import start
from stages.report import initial_layers
from tests.node import needs_node
from tests.project import ROOT
from tests.test_trainer_page import trained_in_node

CLUSTERS, XOR = "softmax_clusters_scratch", "mlp_xor_scratch"

pytestmark = [
    needs_node,
    pytest.mark.skipif(
        not all(
            (ROOT / folder).exists()
            for folder in ("data/split/clusters", "data/split/xor", "plots/history")
        ),
        reason="no data yet: make repro",
    ),
]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def spec_of(name, block, dataset):
    """Return what the report gives the page, with the pipeline's initial weights."""
    seed = load_params("seed", Seed)
    results = Results({name: block}, {block.data: dataset}, {}, {}, seed)
    initial = initial_layers(name, results)
    history = read_rows(ROOT / f"plots/history/{name}.csv")
    return trainer_spec(name, block, dataset, initial, history, seed, [])


def epochs_of(block, dataset):
    _, train = start(block, dataset, load_params("seed", Seed))
    epochs = []
    train(epochs.append)
    return epochs


def test_the_perceptrons_first_five_epochs_are_the_pipelines_to_five_decimals():
    block = load_model(XOR)
    spec = spec_of(XOR, block, read_dataset(block.data))
    figures = ["epoch", "train_loss", "train_acc", "test_acc"]
    expected = [[row[figure] for figure in figures] for row in spec["history"][:5]]
    ours = trained_in_node(spec, epochs=5)
    assert ours == [approx(row, abs=5e-6) for row in expected]


@pytest.mark.parametrize("name", [CLUSTERS, XOR])
def test_where_steps_are_short_all_epochs_are_the_pipelines(name):
    """Rounding then stays what it is, at most ε for each of the rows that are added up."""
    block = load_model(name).model_copy(update={"lr": 0.01})
    dataset = read_dataset(block.data)
    epochs = epochs_of(block, dataset)
    tolerance = len(dataset.train.targets) * sys.float_info.epsilon
    ours = trained_in_node(spec_of(name, block, dataset))
    assert ours == [approx(list(epoch[:4]), abs=tolerance) for epoch in epochs]


def test_the_clusters_softmax_begins_as_the_pipelines():
    """At their learning rate the steps overshoot: by the end of an epoch, rounding is all."""
    block = load_model(CLUSTERS).model_copy(update={"epochs": 1})
    dataset = read_dataset(block.data)
    features, targets = dataset.train
    first = slice(20 * block.batch_size)
    dataset = dataset._replace(train=Part(features[first], targets[first]))
    epochs = epochs_of(block, dataset)
    ours = trained_in_node(spec_of(CLUSTERS, block, dataset))
    assert ours == [approx(list(epoch[:4]), rel=1e-9) for epoch in epochs]
