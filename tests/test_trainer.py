"""transformers' Trainer takes our batches and steps, to the last bit."""

import sys

import numpy as np
import pytest
import torch
import yaml

from byhand.datasets.folder import Dataset, Part
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_arrays, write_arrays
from byhand.training import loop, models
from byhand.training.kinds.mlp import MLP
from byhand.training.kinds.resnet import ResNet
from byhand.training.start import start
from tests.own_data import write_named_idx
from tests.project import PLAIN, ROOT, run
from tests.test_models import COMMON

SETTINGS = COMMON | {"batch_size": 8, "epochs": 3, "dtype": "float32", "shuffle": True}
RESNET = {k: v for k, v in SETTINGS.items() if k != "init_std"} | {
    "kind": "resnet",
    "how": "trainer",
    "embedding": 4,
    "hidden": [4, 8],
    "depths": [1, 1],
    "lr": 0.01,
}


@pytest.fixture(scope="module")
def images():
    """75 training rows, so the last batch is short; the class is where an image is light."""
    rng = np.random.default_rng(0)
    targets = rng.integers(4, size=105)
    features = rng.integers(60, size=(105, 1, 8, 8)).astype(np.uint8)
    for image, target in zip(features, targets, strict=True):
        image[0, 2 * target : 2 * target + 2] += 190
    train, test = (Part(features[r], targets[r]) for r in (slice(75), slice(75, None)))
    return Dataset(train, test, ["a", "b", "c", "d"], [])


def train(block, dataset):
    threads = torch.get_num_threads()
    try:
        model, learn = start(block, dataset, seed=5)
        epochs = []
        learn(epochs.append)
        return model, epochs
    finally:
        torch.set_num_threads(threads)
        torch.set_deterministic_debug_mode("default")


@pytest.mark.parametrize(
    "changes",
    [
        {"momentum": 0.0, "schedule": "constant"},
        {"momentum": 0.9, "schedule": "constant"},
        {"momentum": 0.9, "schedule": "constant", "weight_decay": 0.1},
        {"momentum": 0.0, "schedule": "constant", "shuffle": False, "drop_last": True},
        {"momentum": 0.0, "schedule": "constant", "dtype": "float64"},
    ],
)
def test_the_trainers_perceptron_is_that_of_torch_bit_by_bit(images, changes):
    both = [
        train(MLP(**SETTINGS | changes, kind="mlp", how=how, hidden=[6]), images)
        for how in ("torch", "trainer")
    ]
    (by_torch, torch_epochs), (by_trainer, trainer_epochs) = both
    assert trainer_epochs == torch_epochs
    assert torch_epochs[-1].train_loss < torch_epochs[0].train_loss
    ours, theirs = (
        [p for _, p in m.named_parameters()] for m in (by_torch, by_trainer)
    )
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_resnet_learns_and_comes_back_from_its_file(images, tmp_path):
    block = ResNet(**RESNET)
    model, epochs = train(block, images)
    assert epochs[-1].train_loss < epochs[0].train_loss
    _, same = train(block, images)
    assert same == epochs
    write_arrays(tmp_path / "m.safetensors", models.arrays(model))
    rebuilt = models.build(block, images.shape, 4, torch.device("cpu"))
    path = tmp_path / "m.safetensors"
    models.fill(rebuilt, read_arrays(path), path)
    logits = loop.predict(model.eval(), images.test.features)
    assert torch.equal(loop.predict(rebuilt, images.test.features), logits)
    assert (logits.argmax(1).numpy() == images.test.targets).mean() == same[-1].test_acc


def test_a_resnet_of_points_is_refused():
    with pytest.raises(UserError, match="needs images of at least 1 × 1 pixels, .*xor"):
        ResNet(**RESNET).check("r", (3,), [40, 40])


@pytest.mark.parametrize(
    ("rows", "changes"), [([9], {}), ([40, 40], {"batch_size": 1})]
)
def test_a_batch_of_one_row_has_no_spread_to_normalise_by(rows, changes):
    block = ResNet(**RESNET | changes)
    with pytest.raises(UserError, match="batch_size must leave no batch of one row"):
        block.check("r", (1, 8, 8), rows)
    if not changes:
        ResNet(**RESNET | {"drop_last": True}).check("r", (1, 8, 8), rows)


def test_a_diverging_trainer_stops_after_the_epoch():
    part = Part(np.full((75, 3), 1e30), np.arange(75) % 4)
    block = MLP(**SETTINGS | {"epochs": 50}, kind="mlp", how="trainer", hidden=[6])
    with pytest.raises(UserError, match="training diverged: the loss of epoch 1 is"):
        train(block, Dataset(part, part, ["a", "b", "c", "d"], ["x", "y", "z"]))


def test_nothing_is_written_but_the_outputs(tmp_path):
    write_named_idx(tmp_path / "data")
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["models"]["mlp_fashion_trainer"] |= {"data": "data", "batch_size": 16}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    env = PLAIN | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    command = [sys.executable, "-m", "stages", "train", "mlp_fashion_trainer"]
    run(tmp_path, *command, env=env)
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.*")}
    assert written - {"data/classes.txt"} == {
        "params.yaml",
        "models/mlp_fashion_trainer.safetensors",
        "metrics/train/mlp_fashion_trainer.json",
        "plots/history/mlp_fashion_trainer.csv",
    }
    assert [*(tmp_path / "home").iterdir(), *(tmp_path / "tmp").iterdir()] == []
