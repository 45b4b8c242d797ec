"""Softmax, cross-entropy and softmax regression against PyTorch's own."""

import pytest
import torch
from hypothesis import given
from torch.nn import functional
from torch.testing import assert_close

from byhand.autograd import mlp
from byhand.autograd.engine import Tensor
from byhand.scratch.softmax import Softmax
from byhand.scratch.softmax_regression import (
    cross_entropy,
    linear,
    linear_gradients,
    linear_layer,
    softmax,
)
from tests.strategies import DTYPES, SEEDS, logits_and_targets


@given(logits_and_targets())
def test_softmax_is_pytorchs(case):
    logits, _ = case
    assert_close(softmax(logits), functional.softmax(logits, dim=1))


@given(logits_and_targets())
def test_rows_of_softmax_sum_to_one(case):
    logits, _ = case
    ones = torch.ones(len(logits), dtype=logits.dtype)
    assert_close(softmax(logits).sum(dim=1), ones)


@given(logits_and_targets())
def test_cross_entropy_and_its_gradient_are_pytorchs(case):
    logits, targets = case
    loss, gradient = cross_entropy(logits, targets)

    logits.requires_grad_()
    expected = functional.cross_entropy(logits, targets)
    expected.backward()
    assert_close(loss, expected.detach())
    assert_close(gradient, logits.grad)


def test_the_gradient_lies_in_memory_as_the_logits_do():
    """Products of another layout round otherwise."""
    targets = torch.tensor([0, 2, 1, 1])
    for logits in (torch.rand(4, 3), torch.rand(3, 4).T):
        _, gradient = cross_entropy(logits, targets)
        assert gradient.stride() == logits.stride()


def test_large_logits_overflow_nothing():
    logits = torch.tensor([[1000.0, 0.0]])
    assert softmax(logits).tolist() == [[1.0, 0.0]]

    loss, gradient = cross_entropy(logits, torch.tensor([1]))
    assert loss.item() == 1000.0
    assert gradient.tolist() == [[1.0, -1.0]]


@given(DTYPES, SEEDS)
def test_gradients_of_a_linear_layer_are_autograds(dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    layer = linear_layer(5, 3, 0.5, dtype, generator)
    features = torch.randn(4, 5, dtype=dtype, generator=generator)
    gradient = torch.randn(4, 3, dtype=dtype, generator=generator)
    by_hand = linear_gradients(features, gradient)

    for parameter in layer:
        parameter.requires_grad_()
    linear(features, *layer).backward(gradient)
    assert_close(by_hand, [parameter.grad for parameter in layer])


@given(DTYPES, SEEDS)
def test_softmax_regression_flattens_images_and_is_linear(dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    model = Softmax([12, 5], 0.5, dtype, generator)
    images = torch.rand(3, 1, 3, 4, dtype=dtype, generator=generator)
    (_, weight), (_, bias) = model.named_parameters()
    assert_close(model(images), functional.linear(images.flatten(1), weight, bias))


def test_initial_weights_have_the_standard_deviation_asked_for():
    model = Softmax([784, 500], 0.01, torch.float64, torch.Generator().manual_seed(0))
    (_, weight), (_, bias) = model.named_parameters()
    # the standard error of a standard deviation is std / sqrt(2n); five of them
    tolerance = 5 * 0.01 / (2 * weight.numel()) ** 0.5
    assert abs(weight.std().item() - 0.01) < tolerance
    assert not bias.any()


def test_fewer_targets_than_rows_are_refused():
    for targets in (torch.tensor([0]), torch.tensor([0, 1]), torch.tensor(0)):
        with pytest.raises(RuntimeError):
            cross_entropy(torch.ones(3, 4), targets)
        with pytest.raises(RuntimeError):
            mlp.cross_entropy(Tensor(torch.ones(3, 4)), targets)
