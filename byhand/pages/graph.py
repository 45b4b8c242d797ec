"""Chapter 1: the graph of a small network's loss, laid out to be stepped through."""

from typing import Any, NamedTuple

# how an operation is written, and what backward() gives to its inputs; ḡ is the gradient
# of its output
OPERATIONS = {
    "": ("{0}", "backward() ends here. An optimizer would move a weight against ḡ."),
    "T": ("{0}ᵀ", "The input gets ḡ, transposed back."),
    "@": (
        "{0} @ {1}",
        "Each factor gets the product of ḡ and the other factor, transposed.",
    ),
    "+": ("{0} + {1}", "Both inputs get ḡ."),
    "-": ("−{0}", "The input gets −ḡ."),
    "×": ("{0} × {1}", "Each factor gets ḡ times the other factor."),
    "relu": ("relu({0})", "The input gets ḡ where it is above 0, and 0 elsewhere."),
    "exp": (
        "exp({0})",
        "The input gets ḡ times the output, because exp is its own derivative.",
    ),
    "log": ("log({0})", "The input gets ḡ divided by the input."),
    "sum": ("sum({0})", "Every term gets ḡ."),
    "[ ]": ("{0}[class]", "The chosen number gets ḡ. The others get 0."),
}


class Node(NamedTuple):
    """A tensor of the graph, as the page shows it; `uses` counts its uses as an input."""

    name: str
    formula: str
    rule: str
    value: list
    gradient: list
    uses: int


def laid_out(entries: list[dict[str, Any]]) -> list[list[Node]]:
    """Return the longest chain of operations, from the input x to the loss, a row each.

    A row ends with its node of the chain. Before the node stand its other inputs, each
    behind its own inputs.

    entries: tensors, inputs before outputs, as the stage autograd writes them.
    """
    used = [number for entry in entries for number in entry["inputs"]]

    def with_inputs(number: int, but_for=()) -> list[int]:
        inputs = [i for i in entries[number]["inputs"] if i not in but_for]
        return [n for i in inputs for n in with_inputs(i)] + [number]

    steps: dict[int, int] = {}  # from x
    for number, entry in enumerate(entries):
        behind = [steps[i] + 1 for i in entry["inputs"] if i in steps]
        if behind or entry["name"] == "x":
            steps[number] = max(behind, default=0)
    chain = [len(entries) - 1]
    while inputs := entries[chain[-1]]["inputs"]:
        chain.append(max(inputs, key=lambda i: steps.get(i, -1)))
    rows = [with_inputs(number, chain) for number in reversed(chain)]
    unnamed = [n for row in rows for n in row if not entries[n]["name"]]
    names = {n: entry["name"] for n, entry in enumerate(entries)}
    names |= {n: f"v{i}" for i, n in enumerate(unnamed, start=1)}
    names[len(entries) - 1] = "loss"

    def node(number: int) -> Node:
        entry, name = entries[number], names[number]
        inputs = [names[i] for i in entry["inputs"]] or [name]
        written, rule = OPERATIONS[entry["operation"]]
        formula = written.format(*inputs, "a constant")  # constants have no node
        value, gradient = as_matrix(entry["value"]), as_matrix(entry["gradient"])
        return Node(name, formula, rule, value, gradient, used.count(number))

    return [[node(number) for number in row] for row in rows]


def as_matrix(numbers: float | list) -> list[list[float]]:
    """Return a number, a vector or a matrix as rows of a matrix."""
    while not (isinstance(numbers, list) and isinstance(numbers[0], list)):
        numbers = [numbers]
    return numbers
