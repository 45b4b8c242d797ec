"""The autograd engine against PyTorch's own: random expressions, shapes, both dtypes."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from pytest import approx
from torch.testing import assert_close

from byhand.autograd.engine import Tensor, no_grad
from byhand.training import models, rooms
from byhand.training.loop import train
from tests.test_models import CPU, block

DTYPES = [torch.float32, torch.float64]


def test_an_example_to_follow_on_paper():
    """loss = (w·x - y)², at w = 3, x = 2, y = 1: dloss/dw = 2 · (w·x - y) · x = 20."""
    w, x, y = (Tensor(float(number), requires_grad=True) for number in (3, 2, 1))
    loss = (w * x - y) ** 2
    assert loss.data == 25
    loss.backward()
    assert (w.grad, x.grad, y.grad) == (20, 30, -10)


BINARY = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: (a * a + 0.5) ** b,
]
UNARY = [
    lambda a: -a,
    lambda a: a.exp(),
    lambda a: (a * a + 0.5).log(),
    lambda a: a.relu(),
    lambda a: a.sigmoid(),
    lambda a: a.tanh(),
    lambda a: 2 - a,
    lambda a: 1.5 / a,
    lambda a: 3 * a + 1,
    lambda a: 2**a,
    lambda a: a**3,
    lambda a: a * a,
    lambda a: a - a.mean(),
    lambda a: a / (1 + a.amax() * a.amax()),
]


def draw(shape, dtype, seed):
    """Return random numbers, none of them near 0, where relu and division have no slope."""
    numbers = np.random.default_rng(seed).uniform(0.25, 1.5, shape)
    signs = np.random.default_rng(seed + 1).choice([-1, 1], shape)
    return torch.tensor(numbers * signs, dtype=dtype)


def assert_same(function, *arrays):
    """Hold a function's value, summed, and its gradients against PyTorch's."""
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [array.clone().requires_grad_() for array in arrays]
    mine, reference = function(*ours), function(*theirs)
    assert_close(mine.data, reference.detach())
    mine.sum().backward()
    reference.sum().backward()
    for tensor, expected in zip(ours, theirs, strict=True):
        assert_close(tensor.grad, expected.grad)


@given(
    shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4),
    binary=st.sampled_from(BINARY),
    first=st.lists(st.sampled_from(UNARY), max_size=3),
    second=st.lists(st.sampled_from(UNARY), max_size=2),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 1000),
)
def test_random_expressions_have_pytorchs_values_and_gradients(
    shapes, binary, first, second, dtype, seed
):
    def expression(a, b):
        value = (binary(a, b) / 4).tanh() + a  # a is used more than once
        for function in first:
            value = (function(value) / 4).tanh() + 0.5
        for function in second:
            value = value * function(b).sigmoid()
        return value

    a, b = (draw(shape, dtype, seed + i) for i, shape in enumerate(shapes.input_shapes))
    assert_same(expression, a, b)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[((3, 4), (4, 2)), ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 2))],
        *[((5, 3, 4), (5, 4, 2)), ((5, 3, 4), (4, 2)), ((3, 4), (5, 4, 2))],
        *[((4,), (5, 4, 2)), ((5, 3, 4), (4,)), ((1, 4), (4, 1))],
    ],
)
def test_products_of_matrices_and_vectors(one, other, dtype):
    a, b = draw(one, dtype, 0), draw(other, dtype, 1)
    assert_same(lambda a, b: a @ b * 2, a, b)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [0, 1, -1, (0, 2)])
@pytest.mark.parametrize("reduce", ["sum", "mean", "amax"])
def test_sums_means_and_maxima_along_dimensions(reduce, dim, keepdim):
    weight = draw((2, 3, 4), torch.float64, 1).sum(dim, keepdim=keepdim)

    def reduced(a):
        return getattr(a, reduce)(dim, keepdim=keepdim).exp() * weight

    assert_same(reduced, draw((2, 3, 4), torch.float64, 0))


def test_equals_share_the_gradient_of_their_maximum():
    assert_same(lambda a: a.amax(), torch.tensor([1.0, 3.0, 3.0]))
    assert_same(lambda a: a.amax(1), torch.tensor([[2.0, 2.0], [0.0, 1.0]]))


def test_shapes_and_places():
    a = draw((3, 4), torch.float64, 0)
    rows, columns = torch.tensor([0, 2, 2]), torch.tensor([1, 3, 3])
    assert_same(lambda a: a.T @ a.reshape(3, 2, 2).reshape(3, 4), a)
    assert_same(lambda a: a[rows, columns] * a[rows, columns], a)
    assert_same(lambda a: a[rows].exp(), a)


def test_gradients_add_up_until_they_are_set_to_none():
    x = Tensor([0.0, 1, 2, 3], requires_grad=True)
    (2 * x @ x).backward()
    assert x.grad.tolist() == [0, 4, 8, 12]
    (2 * x @ x).backward()
    assert x.grad.tolist() == [0, 8, 16, 24]
    x.grad = None
    loss = 2 * x @ x
    loss.backward()
    loss.backward()  # through the same graph: it is still there
    assert x.grad.tolist() == [0, 8, 16, 24]


def test_backward_of_many_numbers_takes_a_gradient_and_says_so_without():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x * x).backward(torch.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2, 40]
    with pytest.raises(ValueError, match=r"needs a gradient of shape \[2\]"):
        (x * x).backward()


def test_what_is_detached_or_computed_in_no_grad_has_no_past():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x * x.detach()).sum().backward()
    assert x.grad.tolist() == [1, 2]
    with no_grad():
        y = x * x
    assert (y.requires_grad, (x * x).requires_grad) == (False, True)
    with pytest.raises(ValueError, match="requires a gradient"):
        y.sum().backward()
    with pytest.raises(RuntimeError), no_grad():
        raise RuntimeError  # and after that, gradients are noted again
    assert (x * x).requires_grad


def test_shapes_that_do_not_broadcast_are_refused():
    with pytest.raises(RuntimeError, match="must match"):
        Tensor(torch.ones(2, 3)) + Tensor(torch.ones(2))


def test_a_chain_of_thousands_of_operations():
    x = Tensor(torch.tensor(1.0, dtype=torch.float64), requires_grad=True)
    value = x
    for _ in range(20_000):
        value = value * 1.0001 + x
    value.backward()
    assert_close(x.grad, value.data)


def test_a_value_that_is_used_in_two_ways_and_joined_again():
    def diamond(a):
        b = a.exp()
        return (b.log() + b) * b + a

    assert_same(diamond, draw((3,), torch.float64, 0))


@pytest.mark.parametrize("kind", ["softmax", "mlp"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_model_by_the_engine_learns_as_by_formula_and_as_by_pytorch(kind, momentum):
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(64, 5, dtype=torch.float64, generator=generator)
    rows = features, torch.randint(3, (64,), generator=generator)
    losses = {}
    for how in ("scratch", "autograd", "torch"):
        start = torch.Generator().manual_seed(1)
        model = models.build(block(kind, how, "float64"), (5,), 3, CPU, start)
        optimizer = rooms.find(how, "sgd")(model, 0.1, momentum)
        epochs = train(model, optimizer, rows, rows, epochs=3, generator=start)
        losses[how] = [epoch.train_loss for epoch in epochs]
    assert losses["autograd"] == approx(losses["scratch"], rel=1e-12)
    assert losses["autograd"] == approx(losses["torch"], rel=1e-12)
