"""Gradients by autograd, our engine's beside PyTorch's; every one by hand checked; a graph."""

from pathlib import Path

import torch

from stages.pipeline.files import write_csv, write_json
from stages.scratch.autograd import Tensor, inputs_first, no_grad
from stages.scratch.by_autograd import cross_entropy
from stages.scratch.gradient_checks import checks, errors


def main() -> None:
    write_json(
        Path("metrics/autograd.json"),
        {
            **examples(Tensor, no_grad),
            "by_pytorch": examples(torch.tensor, torch.no_grad),
            "checked": {name: errors(check) for name, check in checks().items()},
        },
    )
    curves = {
        "y": lambda x: 2 * x * x,
        "relu": Tensor.relu,
        "sigmoid": Tensor.sigmoid,
        "tanh": Tensor.tanh,
        # of the logits x, 0, 0: the first of three probabilities
        "softmax": lambda x: x.exp() / (x.exp() + 2),
    }
    numbers = torch.linspace(-3, 3, 61)
    columns = {"x": numbers.tolist()}
    for name, function in curves.items():
        x = Tensor(numbers, requires_grad=True)
        y = function(x)
        y.sum().backward()
        columns[name] = y.data.tolist()
        columns["gradient" if name == "y" else f"{name}_gradient"] = x.grad.tolist()
    write_csv(Path("plots/autograd.csv"), columns, zip(*columns.values(), strict=True))
    write_json(Path("data/autograd_graph.json"), {"nodes": graph()})


def examples(tensor, no_grad) -> dict:
    """Return what chapter 1 prints, by an engine: its tensor and its no_grad."""
    # a tensor that stores its gradient
    x = tensor([0.0, 1.0, 2.0, 3.0], requires_grad=True)
    (2 * x @ x).backward()
    of_dot = x.grad.tolist()

    # backward() adds to the gradient, until it is forgotten
    (2 * x @ x).backward()
    of_dot_twice = x.grad.tolist()

    # it wants a single number, so y of many numbers is summed
    x.grad = None
    (2 * x * x).sum().backward()
    of_sum = x.grad.tolist()

    # what is detached is a number like any other
    x.grad = None
    (2 * x * x.detach()).sum().backward()
    of_detached = x.grad.tolist()

    # within no_grad nothing is noted, and there is nothing to go back through
    with no_grad():
        inside = (2 * x).requires_grad
    return {
        "gradient_of_dot": of_dot,
        "gradient_of_dot_twice": of_dot_twice,
        "gradient_of_sum": of_sum,
        "gradient_of_detached": of_detached,
        "requires_grad_inside_no_grad": inside,
        "requires_grad_outside_no_grad": (2 * x).requires_grad,
    }


def graph() -> list[dict]:
    """Return a small network's loss, forward and back, an entry a tensor, inputs first.

    A perceptron of 2, 2 and 2 units, on one row whose class is the second.
    """
    given = {
        "x": [[1.0, 2.0]],
        "weight 1": [[0.5, 0.3], [-0.2, 0.4]],
        "bias 1": [0.1, -0.1],
        "weight 2": [[0.7, -0.6], [-0.1, 0.8]],
        "bias 2": [0.0, 0.1],
    }
    named = {
        name: Tensor(torch.tensor(numbers, dtype=torch.float64), requires_grad=True)
        for name, numbers in given.items()
    }
    x, weight1, bias1, weight2, bias2 = named.values()
    hidden = (x @ weight1.T + bias1).relu()
    loss = cross_entropy(hidden @ weight2.T + bias2, torch.tensor([1]))
    loss.backward()
    names = {tensor: name for name, tensor in named.items()}
    order = inputs_first(loss)
    return [
        {
            "name": names.get(tensor, ""),
            "operation": tensor.operation,
            "inputs": [order.index(source) for source, _ in tensor.inputs],
            "value": tensor.data.tolist(),
            "gradient": tensor.grad.tolist(),
        }
        for tensor in order
    ]
