"""Automatic differentiation: tensors that know what they were computed from. Chapter 1.

An operation computes its result and notes, for each of its inputs, how a gradient with
respect to the result becomes one with respect to that input: one link of the chain rule.
`backward` walks these links from the loss back to the first inputs.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor as Array  # used as an array of numbers, and for nothing else

numbers = itertools.count()  # a tensor's number is higher than those of its inputs
recording = ContextVar("recording", default=True)  # a thread's own; see no_grad


class Tensor:
    """An array, and how it was computed.

    data: numbers of any shape, float32 or float64; others raise TypeError.
    requires_grad: whether `backward` is to find the gradient with respect to data.
    grad: this gradient, of data's shape, after `backward`; None before. The gradients of
        several backward passes add up until grad is set to None.
    operation: the name of the operation that computed data; empty if data was given.
    inputs: the operation's inputs, each with its derivative: a function from the gradient
        with respect to this tensor to the gradient with respect to the input.
    """

    def __init__(self, data, requires_grad: bool = False):
        self.data = torch.as_tensor(data)
        if self.data.dtype not in (torch.float32, torch.float64):
            raise TypeError(f"expected float32 or float64, got {self.data.dtype}")
        self.requires_grad = requires_grad
        self.grad, self.operation, self.number = None, "", next(numbers)
        self.inputs: list[tuple[Tensor, Callable[[Array], Array]]] = []

    def __repr__(self) -> str:
        return f"Tensor({self.data.tolist()}, requires_grad={self.requires_grad})"

    def refuse(self, *_):
        raise TypeError("a tensor can't be compared, counted or asked: take its data")

    __eq__ = __bool__ = __len__ = __iter__ = __contains__ = __array__ = refuse
    __hash__ = object.__hash__  # a key of dictionaries

    def detach(self) -> "Tensor":
        """Return the same numbers, as if they were given."""
        return Tensor(self.data)

    def backward(self, gradient: Array | None = None) -> None:
        """Add the gradient of this tensor to `grad` of every tensor behind it.

        The backward pass starts from `gradient`, of this tensor's shape; only one number has
        a default, 1. Raises ValueError for another shape, or if nothing requires a gradient.
        """
        if not self.requires_grad:
            raise ValueError("no tensor behind this one requires a gradient")
        if gradient is None and self.data.numel() == 1:
            gradient = torch.ones_like(self.data)
        if gradient is None or gradient.shape != self.data.shape:
            raise ValueError(f"backward needs a gradient of shape {[*self.data.shape]}")
        gradients = {self: gradient.clone()}
        # a tensor comes after all tensors computed from it: then its gradient is complete
        for tensor in reversed(inputs_first(self)):
            gradient = gradients.pop(tensor).to(tensor.data.dtype)
            tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
            for source, derivative in tensor.inputs:
                # summed over where broadcasting repeated the source
                part = derivative(gradient).sum_to_size(source.data.shape)
                gradients[source] = gradients.get(source, 0) + part

    def like(self, other) -> "Tensor":
        """Return a tensor as it is, and numbers as a tensor of this tensor's dtype."""
        if isinstance(other, Tensor):
            return other
        return Tensor(torch.as_tensor(other, dtype=self.data.dtype))

    def __add__(self, other):
        other = self.like(other)
        by_self, by_other = lambda g: g, lambda g: g.clone()  # in memory of its own
        return result("+", self.data + other.data, (self, by_self), (other, by_other))

    def __mul__(self, other):
        other = self.like(other)
        by_self, by_other = lambda g: g * other.data, lambda g: g * self.data
        return result("×", self.data * other.data, (self, by_self), (other, by_other))

    def __truediv__(self, other):
        other = self.like(other)
        ratio = self.data / other.data
        by_self, by_other = lambda g: g / other.data, lambda g: -g * ratio / other.data
        return result("/", ratio, (self, by_self), (other, by_other))

    def __pow__(self, other):
        other = self.like(other)
        base, n, power = self.data, other.data, self.data**other.data
        by_self = lambda g: g * (n * base ** (n - 1)).where(n != 0, 0)  # not 0 · ∞
        by_other = lambda g: g * (power * base.log()).where((base != 0) | (n < 0), 0)
        return result("power", power, (self, by_self), (other, by_other))

    def __matmul__(self, other):
        other = self.like(other)
        if other.data.ndim == 1:  # a vector is a column
            return (self @ other.reshape(-1, 1)).reshape(*self.data.shape[:-1])
        if self.data.ndim == 1:  # or a row
            return (self.reshape(1, -1) @ other).reshape(*other.data.shape[:-2], -1)
        by_self, by_other = lambda g: g @ other.data.mT, lambda g: self.data.mT @ g
        return result("@", self.data @ other.data, (self, by_self), (other, by_other))

    __neg__ = lambda self: result("-", -self.data, (self, lambda g: -g))
    __sub__ = lambda self, other: self + -self.like(other)
    # with numbers on the left; NumPy's arrays leave the operation to us
    __array_ufunc__ = None
    __radd__, __rmul__ = __add__, __mul__
    __rsub__ = lambda self, number: self.like(number) - self
    __rtruediv__ = lambda self, number: self.like(number) / self
    __rpow__ = lambda self, number: self.like(number) ** self
    __rmatmul__ = lambda self, number: self.like(number) @ self

    def exp(self):
        exp = self.data.exp()
        return result("exp", exp, (self, lambda g: g * exp))

    def log(self):
        return result("log", self.data.log(), (self, lambda g: g / self.data))

    def relu(self):
        relu = self.data.clamp_min(0)
        return result("relu", relu, (self, lambda g: g.masked_fill(relu <= 0, 0)))

    def sigmoid(self):
        sigmoid = self.data.sigmoid()
        return result("sigmoid", sigmoid, (self, lambda g: g * sigmoid * (1 - sigmoid)))

    def tanh(self):
        tanh = self.data.tanh()
        return result("tanh", tanh, (self, lambda g: g * (1 - tanh**2)))

    def sum(self, dim=None, keepdim: bool = False):
        kept = self.data.sum(dim, keepdim=True)
        total = self.data.sum(dim, keepdim)
        spread = lambda g: g.reshape(kept.shape).expand(self.data.shape).clone()
        return result("sum", total, (self, spread))

    def mean(self, dim=None, keepdim: bool = False):
        total = self.sum(dim, keepdim)
        return total * (self.like(total.data.numel()) / self.data.numel())

    def amax(self, dim=(), keepdim: bool = False):
        kept = self.data.amax(dim, keepdim=True)
        is_largest = self.data == kept  # equals share the gradient
        share = is_largest.to(kept.dtype) / is_largest.sum(dim, keepdim=True)
        largest = self.data.amax(dim, keepdim)
        return result("max", largest, (self, lambda g: g.reshape(kept.shape) * share))

    def reshape(self, *shape: int):
        back = lambda g: g.reshape(self.data.shape)
        return result("reshape", self.data.reshape(shape), (self, back))

    T = property(lambda self: result("T", self.data.T, (self, lambda g: g.T)))

    def __getitem__(self, index):
        """Return the numbers in some places; index as PyTorch takes it."""
        zeros = torch.zeros_like(self.data).flatten()
        at = torch.arange(len(zeros), device=zeros.device).view_as(self.data)[index]
        back = lambda g: zeros.index_put((at,), g, accumulate=True).view_as(self.data)
        return result("[ ]", self.data[index], (self, back))


def result(operation: str, data: Array, *inputs) -> Tensor:
    """Return an operation's result as a tensor, with the inputs that require a gradient."""
    tensor = Tensor(data)
    if recording.get():
        tensor.operation = operation
        tensor.inputs = [pair for pair in inputs if pair[0].requires_grad]
        tensor.requires_grad = bool(tensor.inputs)
    return tensor


def inputs_first(last: Tensor) -> list[Tensor]:
    """Return a tensor and every tensor behind it, each after its inputs: by age."""
    found, stack = {last}, [last]
    while stack:
        sources = {source for source, _ in stack.pop().inputs} - found
        found |= sources
        stack += sources
    return sorted(found, key=lambda tensor: tensor.number)


@contextmanager
def no_grad() -> Iterator[None]:
    """Record no operation within this block: results require no gradient."""
    before = recording.set(False)
    try:
        yield
    finally:
        recording.reset(before)
