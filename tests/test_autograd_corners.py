"""The autograd engine where formulas meet 0, infinity, misfits and Python's own protocols."""

import math
import operator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from byhand.autograd.engine import Tensor, no_grad
from byhand.autograd.mlp import cross_entropy

NUMBERS = [-math.inf, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, math.inf]


def assert_same(function, *arrays, gradient=None):
    """Hold a function's value and its gradients against PyTorch's, infinities included."""
    ours = [Tensor(array.clone(), requires_grad=True) for array in arrays]
    theirs = [array.clone().requires_grad_() for array in arrays]
    mine, reference = function(*ours), function(*theirs)
    assert_close(mine.data, reference.detach(), equal_nan=True)
    gradient = torch.ones_like(reference) if gradient is None else gradient
    mine.backward(gradient)
    reference.backward(gradient)
    for tensor, expected in zip(ours, theirs, strict=True):
        assert tensor.grad.dtype == expected.grad.dtype
        assert_close(tensor.grad, expected.grad, equal_nan=True, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "data",
    [
        *(3, True, [1, 2, 3], [[True]], np.arange(3), torch.arange(3)),
        *(1j, torch.ones(2, dtype=torch.float16), torch.ones(2, dtype=torch.bfloat16)),
    ],
)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_tensor_of_anything_but_floats_is_refused(data, requires_grad):
    with pytest.raises(TypeError, match="expected float32 or float64, got torch"):
        Tensor(data, requires_grad)


@pytest.mark.parametrize("number", [2, True, np.int64(2), np.arange(1, 3), [1, 2]])
@pytest.mark.parametrize("operate", [operator.mul, operator.truediv, operator.pow])
def test_whole_numbers_beside_a_tensor_count_as_floats(operate, number):
    x = torch.tensor([0.5, 4.0], dtype=torch.float64)
    expected = operate(x, torch.as_tensor(number, dtype=x.dtype))
    assert_close(operate(Tensor(x), number).data, expected)


@pytest.mark.parametrize(
    "operate",
    [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow],
)
@pytest.mark.parametrize("dtypes", [("float32", "float64"), ("float64", "float32")])
def test_each_of_two_dtypes_gets_a_gradient_of_its_own(operate, dtypes):
    one, other = (torch.tensor([1.5, 2.5], dtype=getattr(torch, d)) for d in dtypes)
    assert_same(operate, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[((3, 1), (5,)), ((4,), (1, 2)), ((3,), (4,)), ((1,), (3,)), ((2, 3), (2,))],
        *[((), (3,)), ((3,), ()), ((), (3, 3)), ((3, 3), ()), ((), ())],
        *[((2, 3), (2, 3)), ((1, 3), (1, 3)), ((5, 3, 1), (4,)), ((3,), (5, 1, 2))],
    ],
)
def test_products_that_pytorch_refuses_are_refused(one, other):
    for kind in (Tensor, torch.as_tensor):
        with pytest.raises(RuntimeError):
            kind(torch.ones(one)) @ kind(torch.ones(other))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_powers_of_and_with_0_and_infinity_have_pytorchs_gradients(dtype):
    bases, exponents = torch.cartesian_prod(*[torch.tensor(NUMBERS, dtype=dtype)] * 2).T
    assert_same(operator.pow, bases, exponents)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_quotients_neither_overflow_nor_lose_a_digit(dtype):
    pairs = [(1e30, 1e25), (1e-40, 1e-40), (1e-30, 1e-38), (49, 49), (1, 3)]
    pairs += [(0, 3), (1, 0), (0, 0), (math.inf, 2), (2, math.inf), (-1e38, 1e-3)]
    above, below = torch.tensor(pairs, dtype=dtype).T
    assert_same(operator.truediv, above, below)
    assert torch.equal(
        (Tensor(above) / Tensor(below)).data[3:4], torch.ones(1).to(dtype)
    )


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e30])
def test_relu_keeps_infinite_gradients_from_units_that_are_off(number):
    x = torch.tensor([-1.0, 0.0, -0.0, 2.0, math.inf, math.nan])
    assert_same(lambda a: a.relu(), x, gradient=torch.full_like(x, number))


def test_ties_share_in_the_precision_of_their_dtype():
    x = Tensor(torch.ones(3, dtype=torch.float64), requires_grad=True)
    x.amax().backward()
    assert x.grad.tolist() == [1 / 3] * 3


@pytest.mark.parametrize(
    ("shape", "gradient"), [((), (1,)), ((1,), ()), ((3,), (1,)), ((2, 3), (3, 2))]
)
def test_a_gradient_of_another_shape_is_refused(shape, gradient):
    x = Tensor(torch.ones(shape), requires_grad=True)
    with pytest.raises(ValueError, match=r"backward needs a gradient of shape \["):
        (2 * x).backward(torch.ones(gradient))
    assert x.grad is None


def test_every_gradient_lies_in_memory_of_its_own():
    x, y = (Tensor(torch.ones(3), requires_grad=True) for _ in range(2))
    start = torch.ones(3)
    (x + y).backward(start)
    x.grad[0] = 5
    assert (y.grad.tolist(), start.tolist()) == ([1, 1, 1], [1, 1, 1])
    z = Tensor(torch.ones(3), requires_grad=True)
    z.sum().backward()
    z.grad[0] = 5
    assert z.grad.tolist() == [5, 1, 1]


@pytest.mark.parametrize(
    "index",
    [
        *(0, -1, slice(1, 3), slice(None, None, 2), [0, 2, 2], ..., None),
        *(
            (..., 1),
            (None, 1),
            (slice(1), [1, 3]),
            (slice(None), None, 2),
            (2, 3, None),
        ),
        *(torch.tensor([2, 2, 0]), torch.tensor(1), torch.tensor([[0, 1], [1, 1]])),
        *((torch.tensor([0, 2]), torch.tensor([3, 3])), torch.tensor([-1, 2])),
        *(torch.tensor([True, False, True]), np.array([0, 2]), (), slice(3, 0)),
    ],
    ids=repr,
)
def test_any_index_of_pytorchs_finds_its_numbers_and_sends_their_gradients_back(index):
    x = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    weight = torch.linspace(1, 2, x[index].numel(), dtype=x.dtype).reshape(
        x[index].shape
    )
    assert_same(lambda a: a[index] * weight, x)


def test_a_place_that_is_not_there_is_refused_as_by_pytorch():
    for index in (3, -4, torch.tensor([3]), (0, 4)):
        with pytest.raises(IndexError):
            Tensor(torch.ones(3, 4))[index]


def test_the_mean_of_nothing_is_not_a_number():
    for shape, dim in [((0,), None), ((0, 3), 0), ((0, 3), 1), ((3, 0), 1)]:
        mean, expected = (
            Tensor(torch.ones(shape)).mean(dim),
            torch.ones(shape).mean(dim),
        )
        assert_close(mean.data, expected, equal_nan=True)


@pytest.mark.parametrize("make", [list, np.array, torch.tensor])
def test_numbers_on_the_left_leave_the_operation_to_the_tensor(make):
    x, numbers = torch.tensor([3.0, 4.0]), [1.0, 2.0]
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
        operate = getattr(operator, name)
        found = operate(make(numbers), Tensor(x, requires_grad=True))
        assert_close(found.data, operate(torch.tensor(numbers), x))
        found.sum().backward()


ASKED = {
    "==": lambda x: x == x.detach(),
    "!=": lambda x: x != 1.0,
    "== on the right": lambda x: np.float64(1) == x,
    "<": lambda x: x < 1,
    "in": lambda x: 1.0 in x,
    "in a list": lambda x: x in [1.0],
    "and": lambda x: x and 1,
    "len": len,
    "for": list,
    "sum": sum,
    "float": float,
    "NumPy": np.asarray,
    "PyTorch": torch.as_tensor,
    "a tensor of it": Tensor,
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("data", [1.0, [1.0, 2.0], []])
def test_what_python_asks_of_any_object_is_refused(ask, data):
    with pytest.raises(TypeError):
        ask(Tensor(data))


def test_a_tensor_is_a_key_of_dictionaries():
    x, y = Tensor(1.0), Tensor(1.0)
    assert {x: "x", y: "y"}[x] == "x"


def test_no_grad_holds_for_its_own_thread():
    x = Tensor([1.0, 2.0], requires_grad=True)
    with ThreadPoolExecutor(1) as pool, no_grad():
        assert pool.submit(lambda: (2 * x).requires_grad).result()
        assert not (2 * x).requires_grad


@pytest.mark.parametrize("target", [-1, -3, 3])
def test_cross_entropy_refuses_a_class_that_is_not_there(target):
    logits, targets = torch.ones(2, 3), torch.tensor([0, target])
    with pytest.raises(IndexError):
        cross_entropy(Tensor(logits), targets)
    with pytest.raises(IndexError):
        functional.cross_entropy(logits, targets)
