"""Gradients by our engine and by PyTorch, checks of all gradients by hand, and a graph."""

from pathlib import Path

import torch

from byhand.autograd.engine import Tensor, inputs_first, no_grad
from byhand.autograd.mlp import cross_entropy
from byhand.evaluation.gradient_checks import checks, errors
from byhand.pipeline.outputs import write_csv, write_json


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
        # the first probability, for the logits x, 0, 0
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
    x = tensor([0.0, 1.0, 2.0, 3.0], requires_grad=True)
    found = {}
    (2 * x @ x).backward()
    found["gradient_of_dot"] = x.grad.tolist()

    # backward() adds to the gradient, until the gradient is set to None
    (2 * x @ x).backward()
    found["gradient_of_dot_twice"] = x.grad.tolist()

    # backward() needs a single number, so the numbers of y are summed
    x.grad = None
    (2 * x * x).sum().backward()
    found["gradient_of_sum"] = x.grad.tolist()

    # a detached tensor is a constant
    x.grad = None
    (2 * x * x.detach()).sum().backward()
    found["gradient_of_detached"] = x.grad.tolist()

    # within no_grad, no operation is recorded
    with no_grad():
        found["requires_grad_inside_no_grad"] = (2 * x).requires_grad
    found["requires_grad_outside_no_grad"] = (2 * x).requires_grad
    return found


def graph() -> list[dict]:
    """Return the forward and backward pass of a small network: its tensors, inputs first.

    The network is a perceptron of 2, 2 and 2 units, given one row of the second class.
    """
    given = {
        "x": [[1.0, 2.0]],
        "weight 1": [[0.5, 0.3], [-0.2, 0.4]],
        "bias 1": [0.1, -0.1],
        "weight 2": [[0.7, -0.6], [-0.1, 0.8]],
        "bias 2": [0.0, 0.1],
    }
    names = {
        Tensor(torch.tensor(numbers, dtype=torch.float64), requires_grad=True): name
        for name, numbers in given.items()
    }
    x, weight1, bias1, weight2, bias2 = names
    hidden = (x @ weight1.T + bias1).relu()
    loss = cross_entropy(hidden @ weight2.T + bias2, torch.tensor([1]))
    loss.backward()
    order = {tensor: place for place, tensor in enumerate(inputs_first(loss))}
    return [
        {
            "name": names.get(tensor, ""),
            "operation": tensor.operation,
            "inputs": [order[source] for source, _ in tensor.inputs],
            "value": tensor.data.tolist(),
            "gradient": tensor.grad.tolist(),
        }
        for tensor in order
    ]
