"""Chapter 1: the graph of a small network's loss, laid out to be stepped through.

The page computes the graph's values and gradients itself, in engine.js, so that a reader
can change its numbers.
"""

from typing import Any, NamedTuple

# how an operation is written; y is the class, n the number of samples
WRITTEN = {
    "": "{0}",
    "T": "{0}ᵀ",
    "@": "{0} @ {1}",
    "+": "{0} + {1}",
    "- largest": "{0} − max {0}",
    "-": "−{0}",
    "× 1/n": "{0} × 1/n",
    "relu": "relu({0})",
    "exp": "exp({0})",
    "log": "log({0})",
    "sum": "sum({0})",
    "[ ]": "{0}[y]",
    "log-softmax": "log-softmax({0})",
}
# an operation with a constant has one input: constants have no node
WITH_A_CONSTANT = {"+": "- largest", "×": "× 1/n"}
SHORT = {"weight": "W", "bias": "b"}


class Node(NamedTuple):
    """A tensor of the graph, as the page shows it, in a grid of boxes.

    operation: a key of WRITTEN; empty if the reader gives the numbers.
    inputs: places of the nodes that it was computed from, in the order of `laid_out`.
    value: a matrix; a vector is one row of it.
    place: column and line of its box on a wide page, from 1. The chain from x to the loss
        is in line 2, and its other inputs are above, in line 1.
    phone_place: the same on a phone. The chain is in column 3, and its other inputs are
        to the left.
    is_inside: whether it is computed inside log-softmax, which the page folds.
    """

    name: str
    formula: str
    operation: str
    inputs: list[int]
    value: list[list[float]]
    place: tuple[int, int]
    phone_place: tuple[int, int]
    is_inside: bool


def chapter(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the graph's nodes, and which of the sample's classes is the right one."""
    nodes = laid_out(entries)
    (choice,) = (n.inputs[0] for n in nodes if n.operation == "[ ]")
    logits = next(i for i, node in enumerate(nodes) if node.is_inside) - 1
    scores = next(e for e in entries if e["operation"] == "[ ]")["inputs"][0]
    (of_scores,) = as_matrix(entries[scores]["gradient"])
    chosen = max(range(len(of_scores)), key=lambda i: abs(of_scores[i]))
    folded = nodes[choice]._replace(
        formula=WRITTEN["log-softmax"].format(nodes[logits].name),
        operation="log-softmax",
        inputs=[logits],
    )
    return {
        "nodes": [node._asdict() for node in nodes],
        "folded": folded._asdict(),
        "logits": logits,
        "chosen": chosen,
        "classes": len(of_scores),
    }


def laid_out(entries: list[dict[str, Any]]) -> list[Node]:
    """Return the graph's nodes, inputs first: the chain from x to the loss, link by link.

    Before a node of the chain stand its other inputs, each behind its own inputs.

    entries: tensors, inputs before outputs, as the stage autograd writes them.
    """

    def with_inputs(number: int, but_for=()) -> list[int]:
        inputs = [i for i in entries[number]["inputs"] if i not in but_for]
        return [n for i in inputs for n in with_inputs(i)] + [number]

    chain = longest_chain(entries)
    links = [with_inputs(number, chain) for number in chain]
    order = [number for link in links for number in link]
    names = {n: short(entry["name"]) for n, entry in enumerate(entries)}
    unnamed = [number for number in order if not names[number]]
    names |= {n: f"v{i}" for i, n in enumerate(unnamed, start=1)}
    names[len(entries) - 1] = "loss"

    def node(number: int, is_inside: bool, *places: tuple[int, int]) -> Node:
        entry = entries[number]
        inputs, operation = entry["inputs"], entry["operation"]
        if len(inputs) == 1:
            operation = WITH_A_CONSTANT.get(operation, operation)
        of = [names[i] for i in inputs] or [names[number]]
        formula = WRITTEN[operation].format(*of)
        sources = [order.index(i) for i in inputs]
        value = as_matrix(entry["value"])
        return Node(
            names[number], formula, operation, sources, value, *places, is_inside
        )

    nodes, column, above = [], 0, 0  # the last columns that are taken, by line
    inside = log_softmax(entries, chain)
    for link, (*others, number) in enumerate(links, start=1):
        column = max(column, above + len(others) - 1) + 1
        above = column if others else above
        for back, other in zip(range(len(others))[::-1], others, strict=True):
            nodes.append(node(other, False, (column - back, 1), (2 - back, link)))
        nodes.append(node(number, number in inside, (column, 2), (3, link)))
    return nodes


def longest_chain(entries: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of the most operations that follow each other, from x to the loss."""
    steps: dict[int, int] = {}  # from x
    for number, entry in enumerate(entries):
        behind = [steps[i] + 1 for i in entry["inputs"] if i in steps]
        if behind or entry["name"] == "x":
            steps[number] = max(behind, default=0)
    chain = [len(entries) - 1]
    while inputs := entries[chain[-1]]["inputs"]:
        chain.append(max(inputs, key=lambda i: steps.get(i, -1)))
    return chain[::-1]


def log_softmax(entries: list[dict[str, Any]], chain: list[int]) -> list[int]:
    """Return the chain's nodes from where the largest is subtracted to the choice of a class."""
    operations = [entries[number]["operation"] for number in chain]
    if "[ ]" not in operations:
        return []
    first = next(
        place
        for place, number in enumerate(chain)
        if operations[place] == "+" and len(entries[number]["inputs"]) == 1
    )
    return chain[first : operations.index("[ ]")]


def short(name: str) -> str:
    """Return W₁ for `weight 1`, b₂ for `bias 2`, and other names as they are."""
    word, _, number = name.partition(" ")
    digits = number.translate({ord(str(n)): chr(0x2080 + n) for n in range(10)})
    return SHORT.get(word, word) + digits


def as_matrix(numbers: float | list) -> list[list[float]]:
    """Return a number, a vector or a matrix as rows of a matrix."""
    while not (isinstance(numbers, list) and isinstance(numbers[0], list)):
        numbers = [numbers]
    return numbers
