"""LeNet: its layers, its shapes, its start, and that it learns."""

import pytest
import torch
from torch import nn

from byhand.pipeline.errors import UserError
from byhand.scratch import lenet as by_hand
from byhand.scratch import sgd as by_hand_sgd
from byhand.torch.lenet import LeNet
from byhand.torch.sgd import SGD
from byhand.training.kinds.lenet import LeNet as Block
from byhand.training.loop import train
from tests.test_models import COMMON

BLOCK = {k: v for k, v in COMMON.items() if k != "init_std"} | {
    "kind": "lenet",
    "how": "torch",
    "dtype": "float32",
    "activation": "relu",
    "init": "he",
}


def test_its_layers_are_lecuns():
    """LeCun and others (1998), figure 2, but for 28 pixels with padding instead of 32."""
    sizes = []
    images = torch.rand(2, 1, 28, 28)
    for layer in LeNet((1, 28, 28), 10):
        images = layer(images)
        if not isinstance(layer, nn.ReLU | nn.Flatten):
            sizes.append(tuple(images.shape[1:]))
    assert sizes == [
        *((6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)),
        *((120,), (84,), (10,)),
    ]


def trained(how, dtype, **settings):
    """Return LeNet's losses over two epochs of random images, by a way to train it."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(60, 1, 14, 13, dtype=dtype, generator=generator)
    targets = torch.randint(3, (60,), generator=generator)
    model, optimizer = (
        (LeNet, SGD) if how == "torch" else (by_hand.LeNet, by_hand_sgd.SGD)
    )
    model = model((1, 14, 13), 3, **settings, dtype=dtype, generator=generator)
    epochs = train(
        model,
        optimizer(model, 0.1, 0.9, "cosine", 2),
        (images, targets),
        (images, targets),
        epochs=2,
        batch_size=8,
        generator=generator,
    )
    return [epoch.train_loss for epoch in epochs], model


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("init", ["he", "xavier"])
def test_by_hand_it_starts_and_learns_as_by_torch(activation, init):
    settings = {"activation": activation, "init": init}
    (ours, model), (theirs, reference) = (
        trained(how, torch.float64, **settings) for how in ("scratch", "torch")
    )
    assert ours == pytest.approx(theirs, rel=1e-9)
    for (_, found), (_, expected) in zip(
        model.named_parameters(), reference.named_parameters(), strict=True
    ):
        torch.testing.assert_close(found, expected.detach())


@pytest.mark.parametrize("shape", [(1, 12, 12), (3, 32, 32), (1, 17, 40)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_images_of_any_size_and_colour_become_logits(shape, dtype):
    model = LeNet(shape, 7, dtype=dtype)
    logits = model(torch.rand(3, *shape, dtype=dtype))
    assert logits.shape == (3, 7)
    assert logits.dtype == dtype


@pytest.mark.parametrize(
    ("init", "variance"),
    [("he", 2 / (16 * 25)), ("xavier", 2 / (16 * 25 + 120))],
)
def test_initial_weights_have_the_variance_that_is_asked_for(init, variance):
    model = LeNet(
        (1, 28, 28), 10, init=init, generator=torch.Generator().manual_seed(0)
    )
    weight = dict(model.named_parameters())["7.weight"]  # 400 → 120
    # the standard error of a variance is variance · sqrt(2 / n); five of them
    assert weight.var().item() == pytest.approx(
        variance, abs=5 * variance * (2 / weight.numel()) ** 0.5
    )
    assert not any(p.any() for n, p in model.named_parameters() if n.endswith("bias"))


def test_the_same_generator_gives_the_same_weights():
    one, other = (
        LeNet((1, 28, 28), 10, generator=torch.Generator().manual_seed(3)).state_dict()
        for _ in range(2)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_it_has_the_activation_of_1998_if_asked():
    layers = list(LeNet((1, 12, 12), 2, activation="sigmoid"))
    assert sum(isinstance(layer, nn.Sigmoid) for layer in layers) == 4
    assert not any(isinstance(layer, nn.ReLU) for layer in layers)


def test_it_learns_where_a_bright_patch_lies():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(400, 1, 12, 12, generator=generator) / 4
    targets = torch.randint(2, (400,), generator=generator)
    for image, target in zip(images, targets, strict=True):
        row = 2 if target else 7
        image[0, row : row + 3, 4:8] += 0.75
    model = LeNet((1, 12, 12), 2, generator=generator)
    *_, last = train(
        model,
        SGD(model, lr=0.05, momentum=0.9),
        (images[:300], targets[:300]),
        (images[300:], targets[300:]),
        epochs=15,
        generator=generator,
    )
    assert last.test_acc > 0.95


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((3,), "has points of 3 features"),
        ((1, 8, 8), "has 8 × 8 pixels"),
        ((1, 28, 11), "has 28 × 11 pixels"),
    ],
)
def test_what_is_no_image_or_too_small_is_refused(shape, reason):
    block = Block(**BLOCK)
    with pytest.raises(UserError, match=f"^models.m needs images of .*, .* {reason}$"):
        block.check("m", shape, [5, 5])
    block.check("m", (3, 12, 12), [5, 5])


@pytest.mark.parametrize("model", [LeNet, by_hand.LeNet])
@pytest.mark.parametrize("edges", [(8, 8), (4, 4), (28, 11), (11, 28)])
def test_a_direct_call_for_too_small_images_is_refused_alike(model, edges):
    """4 × 4 would leave -1 × -1 = 1 pixel, 8 × 8 none."""
    with pytest.raises(
        ValueError, match="^LeNet needs .* 12 × 12 pixels, got {} × {}$".format(*edges)
    ):
        model((1, *edges), 10)
