"""A kind of one's own with dropout and batch norm: testing it leaves it as it is."""

import numpy as np
import pytest
import torch
from torch import nn

import byhand.torch.mlp
import byhand.trainer.mlp
from byhand.datasets.folder import Dataset, Part
from byhand.pipeline.errors import UserError
from byhand.training import loop, models
from byhand.training.ranks import Ranks
from byhand.training.start import start
from tests.test_models import block
from tests.test_trainer import train

ROOMS = {"torch": byhand.torch.mlp, "trainer": byhand.trainer.mlp}


@pytest.fixture(params=ROOMS)
def own_kind(request, monkeypatch):
    """The block of a perceptron that normalises its batches, drops units, and has a frozen part."""
    room = ROOMS[request.param]

    class MLP(room.MLP):
        def __init__(self, sizes, *arguments, **named):
            super().__init__(sizes, *arguments, **named)
            self.insert(1, nn.BatchNorm1d(sizes[0]))
            self.insert(2, nn.Dropout(0.4))
            self.insert(3, nn.BatchNorm1d(sizes[0]).eval())

    monkeypatch.setattr(room, "MLP", MLP)
    settings = {"batch_size": 8, "epochs": 3, "shuffle": True, "schedule": "constant"}
    settings["weight_decay"] = 0.0
    return block("mlp", request.param).model_copy(update=settings)


def dataset(shift=0.0):
    """64 training rows and 200 test rows; shift is added to the test features."""
    rng = np.random.default_rng(0)
    features, targets = rng.normal(size=(264, 6)), rng.integers(3, size=264)
    features[range(264), targets] += 2
    features[64:] += shift
    parts = (Part(features[r], targets[r]) for r in (slice(64), slice(64, None)))
    return Dataset(*parts, ["a", "b", "c"], [*"uvwxyz"])


def test_the_history_measures_the_model_as_evaluate_does(own_kind):
    model, history = train(own_kind, dataset())
    (measured,) = loop.measure(model.eval(), loop.on_device(dataset().test, "cpu"))
    assert history[-1].test_acc == measured


def test_no_test_row_reaches_the_model(own_kind):
    one, other = (train(own_kind, dataset(shift))[0] for shift in (0.0, 1000.0))
    for name, array in models.arrays(one).items():
        assert np.array_equal(array, models.arrays(other)[name]), name


def test_measuring_leaves_every_part_in_its_mode(own_kind):
    model, _ = start(own_kind, dataset(), seed=1)
    modes = [module.training for module in model.modules()]
    loop.predict(model, dataset().test.features)
    assert [module.training for module in model.modules()] == modes
    assert {True, False} <= set(modes)


def test_the_seed_decides_the_masks(own_kind):
    finals = []
    for seed, disturb in ((5, 0), (5, 1), (6, 0)):
        torch.manual_seed(disturb)
        model, learn = start(own_kind, dataset(), seed)
        learn()
        finals.append(b"".join(a.tobytes() for a in models.arrays(model).values()))
    assert finals[0] == finals[1] != finals[2]


def test_ranks_refuse_a_model_whose_statistics_they_can_not_share(own_kind):
    if own_kind.how == "torch":
        with pytest.raises(UserError, match="torch/mlp.py has buffers, such as"):
            start(own_kind, dataset(), seed=1, ranks=Ranks(0, 2))[1]()
