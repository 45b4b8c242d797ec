"""From a block to a model, to its file and back: by hand, by torch.nn, by scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.testing import assert_close

from byhand.datasets.folder import Dataset, Part
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_arrays, write_arrays
from byhand.sklearn import logistic
from byhand.training import loop, models, rooms
from byhand.training.kinds.logistic import Logistic
from byhand.training.kinds.mlp import MLP
from byhand.training.kinds.softmax import Softmax
from byhand.training.start import start
from byhand.training.trained import About, read_trained, write_trained

CPU = torch.device("cpu")
COMMON = {
    "data": "data/split/xor",
    "recipe": "train",
    "batch_size": 2,
    "shuffle": False,
    "drop_last": False,
    "init_std": 0.5,
    "lr": 0.1,
    "epochs": 1,
    "momentum": 0.9,
    "schedule": "cosine",
    "weight_decay": 0.01,
    "patience": 0,
    "validation_fraction": 0.0,
}


def block(kind, how, dtype="float32"):
    own = {"kind": kind, "how": how, "dtype": dtype}
    if kind == "softmax":
        return Softmax(**COMMON, **own)
    return MLP(**COMMON, **own, hidden=[5, 4])


@pytest.mark.parametrize("kind", ["softmax", "mlp"])
@pytest.mark.parametrize("how", ["scratch", "autograd", "torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_who_trained_a_model_rebuilds_it_from_its_block_and_its_file(
    tmp_path, kind, how, dtype
):
    path, shape = tmp_path / "m.safetensors", (1, 3, 4)
    trained = models.build(block(kind, how, dtype), shape, 6, CPU)
    write_arrays(path, models.arrays(trained))
    rebuilt = models.build(block(kind, how, dtype), shape, 6, CPU)
    models.fill(rebuilt, read_arrays(path), path)
    images = torch.randint(256, (9, *shape), dtype=torch.uint8)
    logits = loop.predict(trained, images)
    assert logits.dtype == getattr(torch, dtype)
    assert torch.equal(loop.predict(rebuilt, images), logits)


@pytest.mark.parametrize("kind", ["softmax", "mlp"])
def test_by_hand_and_by_torch_start_with_the_same_weights(kind):
    by_hand, by_torch = (
        models.build(block(kind, how), (7,), 3, CPU, torch.Generator().manual_seed(1))
        for how in ("scratch", "torch")
    )
    for (_, ours), (_, theirs) in zip(
        by_hand.named_parameters(), by_torch.named_parameters(), strict=True
    ):
        assert torch.equal(ours, theirs.detach())


@pytest.mark.parametrize("how", ["scratch", "autograd", "torch"])
def test_the_block_decides_how_a_model_is_trained(how):
    """Another schedule, momentum, learning rate or weight decay is another curve."""
    settings = {"batch_size": 2, "shuffle": False, "epochs": 2}
    part = Part(np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 1, 2, 0]))
    dataset = Dataset(part, part, ["a", "b", "c"], ["x", "y"])
    losses = {}
    others = [{"schedule": "constant"}, {"momentum": 0.0}, {"lr": 0.2}]
    for changes in ({}, *others, {"weight_decay": 0.1}):
        changed = block("softmax", how).model_copy(update=settings | changes)
        _, train = start(changed, dataset, seed=0)
        epochs = []
        train(epochs.append)
        losses[str(changes)] = [epoch.train_loss for epoch in epochs]
    assert len({tuple(values) for values in losses.values()}) == 5


def test_a_model_of_other_shapes_or_no_model_at_all_is_refused(tmp_path):
    path = tmp_path / "m.safetensors"
    model = models.build(block("softmax", "scratch"), (3,), 2, CPU)
    write_arrays(path, models.arrays(model))
    other = models.build(block("softmax", "scratch"), (2,), 3, CPU)
    with pytest.raises(UserError, match=r"layer1.bias is \(2,\), expected \(3,\)"):
        models.fill(other, read_arrays(path), path)
    deeper = models.build(block("mlp", "scratch"), (3,), 2, CPU)
    del deeper.layers[0]
    deeper.layers = [model.layers[0], *deeper.layers]
    with pytest.raises(UserError, match="layer2.bias is not there, expected"):
        models.fill(deeper, read_arrays(path), path)
    write_arrays(path, models.arrays(deeper))
    with pytest.raises(UserError, match="layer2.bias is .*, expected nothing of that"):
        models.fill(model, read_arrays(path), path)
    write_arrays(path, models.arrays(model))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UserError, match="m.safetensors is not a safetensors file"):
        read_arrays(path)
    with pytest.raises(FileNotFoundError, match="nosuch"):
        read_arrays(tmp_path / "nosuch")


def test_arrays_come_back_whatever_the_order_of_their_memory(tmp_path):
    weight = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    write_arrays(tmp_path / "m.safetensors", {"weight": weight})
    assert np.array_equal(read_arrays(tmp_path / "m.safetensors")["weight"], weight)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_solvers_logits_give_scikit_learns_probabilities(classes):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 4))
    targets = (features[:, :classes] + rng.normal(size=(60, classes))).argmax(axis=1)
    model = logistic.Logistic()
    loss, accuracy, _ = model.fit(features, targets, C=1.0, max_iter=1000)
    logits = torch.from_numpy(model.predict(features))
    expected = LogisticRegression(C=1.0, max_iter=1000).fit(features, targets)
    assert_close(torch.softmax(logits, dim=1).numpy(), expected.predict_proba(features))
    assert accuracy == expected.score(features, targets)
    assert loss == pytest.approx(
        torch.nn.functional.cross_entropy(logits, torch.from_numpy(targets)).item()
    )


@pytest.mark.parametrize("rows", [[5], [5, 0, 2]])
def test_the_solver_needs_rows_of_each_of_two_classes(rows):
    block = Logistic(kind="logistic", how="sklearn", recipe="fit", data="mine")
    with pytest.raises(
        UserError, match=r"^models.m needs training rows of two classes"
    ):
        block.check("m", (3,), rows)
    block.check("m", (3,), [1, 1])


def test_what_does_not_suit_its_data_is_refused_by_name():
    with pytest.raises(
        UserError, match="models.m.batch_size must be at most the 1 train"
    ):
        block("mlp", "torch").check("m", (3,), [1, 0])
    standardizing = block("mlp", "torch").model_copy(update={"standardize": True})
    with pytest.raises(
        UserError, match="models.m.standardize is for points, data/split"
    ):
        standardizing.check("m", (1, 8, 8), [9])
    standardizing.check("m", (3,), [9])


def test_a_kind_without_a_file_for_its_way_is_refused(monkeypatch, tmp_path):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/mlp.py").touch()
    (tmp_path / "torch/sgd.py").touch()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/mlp.py").touch()  # nothing there moves weights
    monkeypatch.setattr(rooms, "ROOMS", tmp_path)
    assert block("mlp", "torch").how == "torch"
    sentence = r"how must be one of \['torch'\], which have a mlp.py, got 'scratch'"
    with pytest.raises(ValueError, match=sentence):
        block("mlp", "scratch")


def test_a_file_without_a_class_of_its_name_is_refused():
    with pytest.raises(UserError, match="scratch/convolution.py has no class that is"):
        rooms.find("scratch", "convolution")


def test_a_models_file_with_tensors_of_another_is_refused(tmp_path):
    """Whatever its names: they never reach a method of the model."""
    path = tmp_path / "m.safetensors"
    fitted = logistic.Logistic()
    fitted.fit(np.eye(4), np.array([0, 1, 0, 1]), C=1.0, max_iter=10)
    about = About(
        block=Logistic(kind="logistic", how="sklearn", recipe="fit", data="mine"),
        class_names=["a", "b"],
        columns=[*"wxyz"],
        shape=[4],
        scale=None,
        seed=0,
        train_sha256="",
        versions={},
    )
    write_trained(path, fitted, about)
    assert np.array_equal(
        read_trained(path).logits(np.eye(4)), fitted.predict(np.eye(4))
    )
    write_arrays(path, fitted.arrays() | {"predict": np.zeros(2)}, about.model_dump())
    with pytest.raises(
        UserError, match="m.safetensors has tensors .*, expected {'bias'"
    ):
        read_trained(path)
    write_arrays(path, fitted.arrays(), about.model_dump() | {"shape": "4"})
    with pytest.raises(UserError, match="m.safetensors: shape must be a valid list"):
        read_trained(path)
    write_arrays(path, fitted.arrays())
    with pytest.raises(
        UserError, match="does not say what model it is, expected a file"
    ):
        read_trained(path)
