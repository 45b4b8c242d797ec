"""The graph of a small network's loss, laid out to be stepped through. Chapter 1."""

from pathlib import Path
from typing import NamedTuple

from stages.pipeline.files import read_json

# of an operation: how it is written, and what backward() hands to its inputs, where ḡ is
# the gradient of what came out
OPERATIONS = {
    "": ("{0}", "Here backward() ends; an optimizer would move a weight against ḡ."),
    "T": ("{0}ᵀ", "It hands on ḡ, transposed back."),
    "@": (
        "{0} @ {1}",
        "It hands each factor the product of ḡ and the other, transposed.",
    ),
    "+": ("{0} + {1}", "It hands ḡ to both as it is."),
    "-": ("−{0}", "It hands on ḡ with its sign turned."),
    "×": ("{0} × {1}", "It hands on ḡ times the other factor."),
    "relu": (
        "relu({0})",
        "It hands on ḡ where its input was above 0, and 0 elsewhere.",
    ),
    "exp": (
        "exp({0})",
        "It hands on ḡ times its own value: exp is its own derivative.",
    ),
    "log": ("log({0})", "It hands on ḡ divided by its input."),
    "sum": ("sum({0})", "It hands ḡ to every term."),
    "[ ]": ("{0}[class]", "It hands ḡ to the number chosen, and 0 to the others."),
}


class Node(NamedTuple):
    """A tensor of the graph, as the page shows it."""

    name: str
    formula: str
    rule: str
    value: list
    gradient: list
    uses: int


def read_graph(path: Path) -> list[list[Node]]:
    """Return the main chain of operations, from the first to the loss.

    Each link is a row: the node itself last, before it what else went into it, and before
    that what went into that.
    """
    entries = read_json(path)["nodes"]
    used = [number for entry in entries for number in entry["inputs"]]

    def with_inputs(number: int) -> list[int]:
        inputs = entries[number]["inputs"]
        return [n for i in inputs for n in with_inputs(i)] + [number]

    chain = [len(entries) - 1]
    while inputs := entries[chain[-1]]["inputs"]:
        chain.append(max(inputs))  # the one that was computed last
    rows = []
    for number in reversed(chain):
        others = [i for i in entries[number]["inputs"] if i not in chain]
        rows.append([n for i in others for n in with_inputs(i)] + [number])
    unnamed = [n for row in rows for n in row if not entries[n]["name"]]
    names = {n: entry["name"] for n, entry in enumerate(entries)}
    names |= {n: f"v{i}" for i, n in enumerate(unnamed, start=1)}
    names[len(entries) - 1] = "loss"

    def node(number: int) -> Node:
        entry, name = entries[number], names[number]
        inputs = [names[i] for i in entry["inputs"]] or [name]
        written, rule = OPERATIONS[entry["operation"]]
        formula = written.format(*inputs, "a constant")  # which is not in the graph
        value, gradient = as_matrix(entry["value"]), as_matrix(entry["gradient"])
        return Node(name, formula, rule, value, gradient, used.count(number))

    return [[node(number) for number in row] for row in rows]


def as_matrix(numbers: float | list) -> list[list[float]]:
    """Return a number, a vector or a matrix as rows of a matrix."""
    while not (isinstance(numbers, list) and isinstance(numbers[0], list)):
        numbers = [numbers]
    return numbers
