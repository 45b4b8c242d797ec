"""The page's stepper: its JavaScript, run by node, computes what our engine computes."""

import pytest
import torch
from pytest import approx

from byhand.autograd.engine import Tensor
from byhand.autograd.mlp import cross_entropy, forward
from byhand.pages.chapters import FOLDER, LANGUAGES
from byhand.pages.graph import WRITTEN, as_matrix, chapter, laid_out
from byhand.pages.words import WORDS
from stages.autograd import graph
from tests.node import in_node, needs_node

pytestmark = needs_node

SHAPES = {"x": (1, 2), "W₁": (2, 2), "b₁": (2,), "W₂": (2, 2), "b₂": (2,)}
COMPUTE = """
    const { nodes, chosen } = given, values = engine.forward(nodes, chosen);
    return { values, gradients: engine.backward(nodes, values, chosen) };
"""
FOLD = f"given.nodes = engine.fold(given.nodes, given.folded); {COMPUTE}"


@pytest.fixture(scope="module")
def shipped():
    return chapter(graph())


def close(matrix):
    return [approx(row, rel=1e-12, abs=1e-13) for row in matrix]


def test_the_numbers_of_the_page_are_the_engines(shipped):
    found = in_node(["stepper/engine.js"], COMPUTE, shipped)
    entries = graph()
    for kind in ("value", "gradient"):
        engines = laid_out([entry | {"value": entry[kind]} for entry in entries])
        for node, numbers in zip(engines, found[f"{kind}s"], strict=True):
            assert numbers == close(node.value), (kind, node.name)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("steps", [COMPUTE, FOLD], ids=["open", "folded"])
def test_a_readers_numbers_give_the_gradients_that_the_engine_gives(
    shipped, seed, steps
):
    generator = torch.Generator().manual_seed(seed)
    draw = {"dtype": torch.float64, "generator": generator}
    own = {name: 3 * torch.randn(*shape, **draw) for name, shape in SHAPES.items()}
    target = seed % 2
    x, *parameters = tensors = [Tensor(a, requires_grad=True) for a in own.values()]
    loss = cross_entropy(forward(x, parameters), torch.tensor([target]))
    loss.backward()
    nodes = [
        node
        | (
            {"value": as_matrix(own[node["name"]].tolist())}
            if node["name"] in own
            else {}
        )
        for node in shipped["nodes"]
    ]
    given = shipped | {"nodes": nodes, "chosen": target}
    found = in_node(["stepper/engine.js"], steps, given)
    assert found["values"][-1] == close([[loss.data.item()]])
    gradients = {
        node["name"]: gradient
        for node, gradient in zip(nodes, found["gradients"], strict=True)
    }
    for name, tensor in zip(own, tensors, strict=True):
        assert gradients[name] == close(as_matrix(tensor.grad.tolist())), name


def test_what_the_page_says_of_an_operation_has_its_chinese():
    rules = in_node(["stepper/arithmetic.js"], "return arithmetic.rules;", None)
    assert set(rules) == set(WRITTEN) - {""}
    assert set(rules.values()) <= set(WORDS)


def test_a_step_is_said_in_numbers():
    node = {"name": "v2", "operation": "@", "inputs": [0, 1]}
    values = [[[1, 2]], [[0.5, -0.2], [0.3, 0.4]], [[1.1, 0.6]]]
    body = "return arithmetic.ofValue(given.node, given.values, given.values[2], 0);"
    assert in_node(
        ["stepper/arithmetic.js"], body, {"node": node, "values": values}
    ) == [
        "v2[1] = 1.000 × 0.500 + 2.000 × 0.300 = 1.100",
        "v2[2] = 1.000 × (−0.200) + 2.000 × 0.400 = 0.600",
    ]
    uses = [{"node": node, "share": 1, "g": [[0.5, -0.5]], "output": values[2]}]
    body = "return arithmetic.ofGradient('v1', given.gradient, given.uses, given.values, 0);"
    given = {"gradient": [[0.5, -0.5], [1, -1]], "uses": uses, "values": values}
    assert in_node(["stepper/arithmetic.js"], body, given) == [
        "ḡ(v1)[1, 1] = 1.000 × 0.500 = 0.500"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapter_4_points_at_the_gradient_that_stands_in_the_stepper(shipped, language):
    logits = shipped["nodes"][shipped["logits"]]
    gradients = in_node(["stepper/engine.js"], COMPUTE, shipped)["gradients"]
    ours = ", ".join(f"{slope:.3f}" for slope in gradients[shipped["logits"]][0])
    text = (FOLDER / language / "4-softmax.md").read_text(encoding="utf-8")
    assert f" {logits['name']} " in text
    assert f"({ours})".replace("-", "−") in text
