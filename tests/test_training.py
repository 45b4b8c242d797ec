"""The training loop: by hand and by torch.nn it ends in the same place."""

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

import byhand.scratch.sgd
import byhand.torch.mlp
import byhand.torch.sgd
import byhand.torch.softmax
from byhand.scratch.mlp import MLP
from byhand.scratch.softmax import Softmax
from byhand.training.loop import train

ROWS, TEST_ROWS, INPUTS, CLASSES = 103, 40, 5, 4


@pytest.fixture
def data():
    """A learnable problem: the target is the largest of four noisy features."""
    generator = torch.Generator().manual_seed(3)
    features = torch.randn(
        ROWS + TEST_ROWS, INPUTS, dtype=torch.float64, generator=generator
    )
    targets = features[:, :CLASSES].argmax(dim=1)
    return (features[:ROWS], targets[:ROWS]), (features[ROWS:], targets[ROWS:])


def run(make_model, optimizer_class, sizes, data, **changes):
    generator = torch.Generator().manual_seed(0)
    model = make_model(sizes, 0.1, torch.float64, generator)
    settings = {"epochs": 10, "batch_size": 8, "shuffle": True, "drop_last": False}
    epochs = train(
        model,
        optimizer_class(model, 0.1),
        *data,
        **(settings | changes),
        generator=generator,
    )
    return list(epochs), model


@pytest.mark.parametrize(
    ("sizes", "by_hand", "by_torch"),
    [
        (
            [INPUTS, CLASSES],
            Softmax,
            byhand.torch.softmax.Softmax,
        ),
        ([INPUTS, 16, CLASSES], MLP, byhand.torch.mlp.MLP),
        ([INPUTS, 16, 8, CLASSES], MLP, byhand.torch.mlp.MLP),
    ],
)
@pytest.mark.parametrize("shuffle", [True, False])
def test_ten_epochs_by_hand_and_by_torch_end_with_the_same_weights(
    sizes, by_hand, by_torch, shuffle, data
):
    ours, our_model = run(by_hand, byhand.scratch.sgd.SGD, sizes, data, shuffle=shuffle)
    theirs, their_model = run(
        by_torch, byhand.torch.sgd.SGD, sizes, data, shuffle=shuffle
    )
    for (_, our), (_, their) in zip(
        our_model.named_parameters(), their_model.named_parameters(), strict=True
    ):
        assert_close(our, their.detach(), rtol=1e-9, atol=1e-12)
    assert [epoch[:5] for epoch in ours] == [
        pytest.approx(epoch[:5], rel=1e-9) for epoch in theirs
    ]


def test_it_learns(data):
    history, _ = run(
        MLP, byhand.scratch.sgd.SGD, [INPUTS, 16, CLASSES], data, epochs=40
    )
    assert history[-1].train_loss < history[0].train_loss / 2
    assert history[-1].test_acc > 0.75


def test_an_epoch_averages_over_rows_while_the_weights_move(data):
    """One epoch, recomputed the slow way: batch by batch, the short one weighing less."""
    (epoch,), _ = run(
        Softmax,
        byhand.scratch.sgd.SGD,
        [INPUTS, CLASSES],
        data,
        epochs=1,
        shuffle=False,
    )
    features, targets = data[0]
    generator = torch.Generator().manual_seed(0)
    model = Softmax([INPUTS, CLASSES], 0.1, torch.float64, generator)
    parameters = [parameter for _, parameter in model.named_parameters()]
    for parameter in parameters:
        parameter.requires_grad_()
    loss_sum = hits = 0
    for start in range(0, ROWS, 8):
        x, y = features[start : start + 8], targets[start : start + 8]
        logits = model(x)
        loss = functional.cross_entropy(logits, y)
        gradients = torch.autograd.grad(loss, parameters)
        loss_sum += loss.item() * len(y)
        hits += (logits.argmax(dim=1) == y).sum().item()
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= 0.1 * gradient
    assert epoch.train_loss == pytest.approx(loss_sum / ROWS)
    assert epoch.train_acc == pytest.approx(hits / ROWS)


def test_an_epoch_without_a_batch_is_refused(data):
    with pytest.raises(ValueError, match="no batch: fewer rows than batch_size"):
        run(
            Softmax,
            byhand.scratch.sgd.SGD,
            [INPUTS, CLASSES],
            data,
            batch_size=ROWS + 1,
            drop_last=True,
        )
