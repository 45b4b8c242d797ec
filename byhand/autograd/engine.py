"""Automatic differentiation: tensors that know what they were computed from. Chapter 1.

An operation computes its result and notes, for each of its inputs, how a gradient with
respect to the result becomes one with respect to that input: one link of the chain rule.
`backward` walks these links from the loss back to the first inputs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor as Array  # used as an array of numbers, and for nothing else


class Tensor:
    """An array, and how it was computed.

    data: numbers of any shape, float32 or float64.
    requires_grad: whether `backward` is to find the gradient with respect to data.
    grad: this gradient, of data's shape, after `backward`; None before. The gradients of
        several backward passes add up until grad is set to None.
    operation: the name of the operation that computed data; empty if data was given.
    inputs: the operation's inputs, each with its derivative: a function from the gradient
        with respect to this tensor to the gradient with respect to the input.
    """

    recording = True  # see no_grad

    def __init__(self, data, requires_grad: bool = False):
        self.data = torch.as_tensor(data)
        self.requires_grad = requires_grad
        self.grad, self.operation = None, ""
        self.inputs: list[tuple[Tensor, Callable[[Array], Array]]] = []

    def __repr__(self) -> str:
        return f"Tensor({self.data.tolist()}, requires_grad={self.requires_grad})"

    def detach(self) -> "Tensor":
        """Return the same numbers, as if they were given."""
        return Tensor(self.data)

    def backward(self, gradient: Array | None = None) -> None:
        """Add the gradient of this tensor to `grad` of every tensor behind it.

        The backward pass starts from `gradient`, of this tensor's shape; only one number has
        a default, 1. Raises ValueError without a gradient, or if nothing requires one.
        """
        if not self.requires_grad:
            raise ValueError("no tensor behind this one requires a gradient")
        if gradient is None and self.data.numel() != 1:
            raise ValueError(f"backward needs a gradient like {self.data.shape}")
        gradients = {self: torch.ones_like(self.data) if gradient is None else gradient}
        # a tensor comes after all tensors computed from it: then its gradient is complete
        for tensor in reversed(inputs_first(self)):
            gradient = gradients.pop(tensor)
            tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
            for source, derivative in tensor.inputs:
                part = unbroadcast(derivative(gradient), source.data.shape)
                gradients[source] = gradients.get(source, 0) + part

    def like(self, other) -> "Tensor":
        """Return a tensor as it is, and a number as a tensor of this tensor's dtype."""
        if isinstance(other, Tensor):
            return other
        return Tensor(torch.as_tensor(other, dtype=self.data.dtype))

    def __add__(self, other):
        other = self.like(other)
        total = self.data + other.data
        return result("+", total, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = self.like(other)
        by_self, by_other = lambda g: g * other.data, lambda g: g * self.data
        return result("×", self.data * other.data, (self, by_self), (other, by_other))

    def __truediv__(self, other):
        return self * self.like(other) ** -1

    def __pow__(self, other):
        other = self.like(other)
        power = self.data**other.data
        by_self = lambda g: g * other.data * self.data ** (other.data - 1)
        by_other = lambda g: g * power * self.data.log()
        return result("power", power, (self, by_self), (other, by_other))

    def __matmul__(self, other):
        other = self.like(other)
        if other.data.ndim == 1:  # a matrix, or a vector, and a vector
            return (self * other).sum(-1)
        if self.data.ndim == 1:  # a vector and a matrix
            return (self.reshape(-1, 1) * other).sum(-2)
        by_self, by_other = lambda g: g @ other.data.mT, lambda g: self.data.mT @ g
        return result("@", self.data @ other.data, (self, by_self), (other, by_other))

    def __neg__(self):
        return result("-", -self.data, (self, lambda g: -g))

    def __sub__(self, other):
        return self + -self.like(other)

    # with a number on the left
    __radd__, __rmul__ = __add__, __mul__
    __rsub__ = lambda self, number: self.like(number) - self
    __rtruediv__ = lambda self, number: self.like(number) / self
    __rpow__ = lambda self, number: self.like(number) ** self

    def exp(self):
        exp = self.data.exp()
        return result("exp", exp, (self, lambda g: g * exp))

    def log(self):
        return result("log", self.data.log(), (self, lambda g: g / self.data))

    def relu(self):
        relu = self.data.clamp_min(0)
        return result("relu", relu, (self, lambda g: g * (relu > 0)))

    def sigmoid(self):
        sigmoid = self.data.sigmoid()
        return result("sigmoid", sigmoid, (self, lambda g: g * sigmoid * (1 - sigmoid)))

    def tanh(self):
        tanh = self.data.tanh()
        return result("tanh", tanh, (self, lambda g: g * (1 - tanh**2)))

    def sum(self, dim=None, keepdim: bool = False):
        kept = self.data.sum(dim, keepdim=True)
        total = kept if keepdim else self.data.sum(dim)
        spread = lambda g: g.reshape(kept.shape).expand(self.data.shape)
        return result("sum", total, (self, spread))

    def mean(self, dim=None, keepdim: bool = False):
        total = self.sum(dim, keepdim)
        return total * (total.data.numel() / self.data.numel())

    def amax(self, dim=(), keepdim: bool = False):
        kept = self.data.amax(dim, keepdim=True)
        is_largest = self.data == kept  # equals share the gradient
        share = is_largest / is_largest.sum(dim, keepdim=True)
        largest = kept if keepdim else self.data.amax(dim)
        return result("max", largest, (self, lambda g: g.reshape(kept.shape) * share))

    def reshape(self, *shape: int):
        back = lambda g: g.reshape(self.data.shape)
        return result("reshape", self.data.reshape(shape), (self, back))

    @property
    def T(self):
        return result("T", self.data.T, (self, lambda g: g.T))

    def __getitem__(self, index):
        """Return the numbers in these places: rows, or rows and columns, int64 arrays."""
        zeros = torch.zeros_like(self.data)
        index = index if isinstance(index, tuple) else (index,)
        put_back = lambda g: zeros.index_put(index, g, accumulate=True)
        return result("[ ]", self.data[index], (self, put_back))


def result(operation: str, data: Array, *inputs) -> Tensor:
    """Return an operation's result as a tensor, with the inputs that require a gradient."""
    tensor = Tensor(data)
    if Tensor.recording:
        tensor.operation = operation
        tensor.inputs = [pair for pair in inputs if pair[0].requires_grad]
        tensor.requires_grad = bool(tensor.inputs)
    return tensor


def unbroadcast(gradient: Array, shape: torch.Size) -> Array:
    """Return a gradient in its input's shape, summed over where broadcasting repeated it."""
    new = gradient.ndim - len(shape)
    stretched = [new + d for d, n in enumerate(shape) if n != gradient.shape[new + d]]
    dims = [*range(new), *stretched]
    return gradient.sum(dims, keepdim=True).reshape(shape) if dims else gradient


def inputs_first(last: Tensor) -> list[Tensor]:
    """Return a tensor and every tensor behind it, each after its inputs."""
    # with a stack of its own: Python stops a recursion at 1,000 calls
    order, seen, stack = [], set(), [(last, False)]
    while stack:
        tensor, inputs_are_in = stack.pop()
        if inputs_are_in:
            order.append(tensor)
        elif tensor not in seen:
            seen.add(tensor)
            stack.append((tensor, True))
            stack += [(source, False) for source, _ in tensor.inputs]
    return order


@contextmanager
def no_grad() -> Iterator[None]:
    """Record no operation within this block: results require no gradient."""
    before, Tensor.recording = Tensor.recording, False
    try:
        yield
    finally:
        Tensor.recording = before
