"""transformers' Trainer takes our batches and steps, to the last bit."""

import os

import numpy as np
import pytest
import torch

from stages.datasets.folder import Dataset, Part
from stages.pipeline.errors import UserError
from stages.training import loop, models
from stages.training.blocks import MLP, ResNet
from stages.training.descent import start
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
        model, epochs = start(block, dataset, seed=5)
        return model, list(epochs)
    finally:
        torch.set_num_threads(threads)
        torch.set_deterministic_debug_mode("default")


@pytest.mark.parametrize(
    "changes",
    [
        {"momentum": 0.0, "schedule": "constant"},
        {"momentum": 0.9, "schedule": "constant"},
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
    models.write_model(tmp_path / "m.safetensors", model)
    rebuilt = models.build(block, images.shape, 4, torch.device("cpu"))
    models.read_model(tmp_path / "m.safetensors", rebuilt)
    logits = loop.predict(model.eval(), images.test.features)
    assert torch.equal(loop.predict(rebuilt, images.test.features), logits)
    assert (logits.argmax(1).numpy() == images.test.targets).mean() == same[-1].test_acc


def test_a_resnet_of_points_is_refused():
    with pytest.raises(UserError, match="needs images of at least 1 × 1 pixels, .*xor"):
        ResNet(**RESNET).check("r", (3,), [40, 40])


def test_nothing_is_kept_at_home():
    assert os.environ["HF_HOME"] == os.devnull
    assert os.environ["HF_HUB_OFFLINE"] == "1"
