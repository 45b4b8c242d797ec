"""ReLU and the multilayer perceptron against PyTorch's own."""

import torch
from hypothesis import given
from torch.nn import functional
from torch.testing import assert_close

import byhand.torch.mlp
import byhand.torch.softmax
from byhand.scratch.mlp import MLP, relu, relu_gradient
from tests.strategies import DTYPES, SEEDS, SIZES


def test_relu_and_its_gradient_are_pytorchs_at_zero_too():
    values = torch.tensor([-1e4, -0.5, -0.0, 0.0, 0.5, 1e4], requires_grad=True)
    gradient = torch.tensor([1.0, -2.0, 3.0, -4.0, 5.0, -6.0])
    expected = functional.relu(values)
    expected.backward(gradient)

    outputs = relu(values.detach())
    assert outputs.tolist() == expected.tolist()
    assert relu_gradient(outputs, gradient).tolist() == values.grad.tolist()


@given(SIZES, DTYPES, SEEDS)
def test_backpropagation_is_autograds(sizes, dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    model = MLP(sizes, 0.7, dtype, generator)
    features = torch.randn(6, sizes[0], dtype=dtype, generator=generator)
    targets = torch.randint(sizes[-1], (6,), generator=generator)
    loss, logits, gradients = model.learn(features, targets)

    parameters = [parameter for _, parameter in model.named_parameters()]
    for parameter in parameters:
        parameter.requires_grad_()
    expected_logits = model(features)
    expected_loss = functional.cross_entropy(expected_logits, targets)
    expected_loss.backward()
    assert_close(loss, expected_loss.detach())
    assert_close(logits, expected_logits.detach())
    assert_close(gradients, [parameter.grad for parameter in parameters])


@given(SIZES, DTYPES, SEEDS)
def test_mlp_starts_with_torchs_weights_and_gives_its_logits(sizes, dtype, seed):
    by_hand = MLP(sizes, 0.7, dtype, torch.Generator().manual_seed(seed))
    by_torch = byhand.torch.mlp.MLP(
        sizes, 0.7, dtype, torch.Generator().manual_seed(seed)
    )
    for (_, ours), theirs in zip(
        by_hand.named_parameters(), by_torch.parameters(), strict=True
    ):
        assert torch.equal(ours, theirs.detach())
    features = torch.randn(4, sizes[0], dtype=dtype)
    assert_close(by_hand(features), by_torch(features).detach())


def test_without_hidden_sizes_it_is_softmax_regression():
    sizes, generator = [6, 3], torch.Generator
    mlp = MLP(sizes, 0.1, torch.float64, generator().manual_seed(1))
    softmax = byhand.torch.softmax.Softmax(
        sizes, 0.1, torch.float64, generator().manual_seed(1)
    )
    features = torch.randn(5, 6, dtype=torch.float64)
    assert_close(mlp(features), softmax(features).detach())


def test_a_model_says_what_it_is():
    assert repr(MLP([3, 128, 8])) == "MLP(3 → 128 → 8)"
    assert "Linear(in_features=3" in repr(byhand.torch.mlp.MLP([3, 128, 8]))
