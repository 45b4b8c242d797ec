"""ReLU and the multilayer perceptron against PyTorch's own."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import DTYPES, SEEDS
from torch.nn import functional
from torch.testing import assert_close

import concise.models
from scratch.mlp import MLP, relu

SIZES = st.lists(st.integers(1, 8), min_size=2, max_size=5)


def test_relu_and_its_gradient_are_pytorchs_at_zero_too():
    values = torch.tensor([-1e4, -0.5, -0.0, 0.0, 0.5, 1e4])
    by_hand = values.clone().requires_grad_()
    by_torch = values.clone().requires_grad_()
    relu(by_hand).sum().backward()
    functional.relu(by_torch).sum().backward()
    assert relu(values).tolist() == functional.relu(values).tolist()
    assert by_hand.grad.tolist() == by_torch.grad.tolist()


@given(SIZES, DTYPES, SEEDS)
def test_mlp_starts_with_torchs_weights_and_gives_its_logits(sizes, dtype, seed):
    by_hand = MLP(sizes, 0.7, dtype, torch.Generator().manual_seed(seed))
    by_torch = concise.models.mlp(
        sizes, 0.7, dtype, torch.Generator().manual_seed(seed)
    )
    for ours, theirs in zip(by_hand.parameters(), by_torch.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    features = torch.randn(4, sizes[0], dtype=dtype)
    assert_close(by_hand(features), by_torch(features))


def test_without_hidden_sizes_it_is_softmax_regression():
    sizes, generator = [6, 3], torch.Generator
    mlp = MLP(sizes, 0.1, torch.float64, generator().manual_seed(1))
    softmax = concise.models.softmax_regression(
        sizes, 0.1, torch.float64, generator().manual_seed(1)
    )
    features = torch.randn(5, 6, dtype=torch.float64)
    assert_close(mlp(features), softmax(features))
