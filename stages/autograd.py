"""Gradients by autograd: chapter 1's y = 2·x·x, its gradient 4x, and how to stop it."""

from pathlib import Path

import torch

from stages.pipeline.files import write_csv, write_json


def main() -> None:
    # a tensor that stores its gradient
    x = torch.arange(4.0, requires_grad=True)
    y = 2 * torch.dot(x, x)
    y.backward()
    gradient_of_dot = x.grad.tolist()

    # backward() adds to the gradient, so it is zeroed first; it wants a scalar, so a
    # vector-valued y is summed
    x.grad.zero_()
    y = 2 * x * x
    y.sum().backward()
    gradient_of_sum = x.grad.tolist()

    # within no_grad nothing is recorded, and there is nothing to go back through
    with torch.no_grad():
        recorded_inside = (2 * x).requires_grad
    recorded_outside = (2 * x).requires_grad

    write_json(
        Path("metrics/autograd.json"),
        {
            "gradient_of_dot": gradient_of_dot,
            "gradient_of_sum": gradient_of_sum,
            "requires_grad_inside_no_grad": recorded_inside,
            "requires_grad_outside_no_grad": recorded_outside,
        },
    )

    x = torch.linspace(-3, 3, 61, requires_grad=True)
    y = 2 * x * x
    y.sum().backward()
    write_csv(
        Path("plots/autograd.csv"),
        ["x", "y", "gradient"],
        zip(x.tolist(), y.tolist(), x.grad.tolist(), strict=True),
    )
