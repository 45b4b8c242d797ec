"""What lets a learner see why: regions, weights through the epochs, learning rates, mistakes."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from pytest import approx

from byhand.charts.weights import draw_weights
from byhand.pages.figures import COLOURS
from byhand.pages.mlp import learning_rate_chart
from byhand.pages.models import mistakes_side_by_side
from byhand.pages.regions import (
    Plane,
    decision_regions,
    linear_layers,
    plane_of_pairs,
    predict,
    strongest_first,
    zero_lines,
)
from byhand.pages.results import read_rows
from stages import generate, split, train
from studies import learning_rates

GROUND = Plane(np.zeros(3), np.eye(3)[:2], near=1.0)
WINDOW = np.array([[-1.0, -1.0], [1.0, 1.0]])
# class 1 where |x| + |y| > 1: each hidden unit is one side of the square
SIDES = np.array([[1.0, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0]])
SQUARE = [
    (SIDES, np.full(4, -1.0)),
    (np.array([[0.0] * 4, [1.0] * 4]), np.array([1e-9, 0])),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Change to a folder with a small XOR set and two epochs to train; set the rates."""
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    params["generate"] |= {"min_size": 30, "size_range": 5}
    params["train"]["epochs"] = 2
    monkeypatch.chdir(tmp_path)

    def set_rates(*rates, dtype="float64"):
        params["studies"]["learning_rates"] = list(rates)
        params["models"]["mlp_xor_scratch"]["dtype"] = dtype
        Path("params.yaml").write_text(yaml.safe_dump(params))

    set_rates(0.1)
    generate.main("xor")
    split.main("xor")
    return set_rates


def test_a_model_is_trained_at_every_rate_as_its_rows_lie_and_shuffled(project):
    project(0.03, 0.1)
    learning_rates.main("mlp_xor_scratch")
    rows = read_rows(Path("plots/learning_rates/mlp_xor_scratch.csv"))
    assert [(row["lr"], row["shuffle"], row["epoch"]) for row in rows] == [
        (lr, shuffle, epoch)
        for lr in ("0.03", "0.1")
        for shuffle in ("False", "True")
        for epoch in ("1", "2")
    ]
    train.main("mlp_xor_scratch")
    metrics = ["epoch", "train_loss", "train_acc", "test_acc"]
    assert [{m: row[m] for m in metrics} for row in rows[4:6]] == read_rows(
        Path("plots/history/mlp_xor_scratch.csv")
    )


def test_where_training_diverges_its_rows_end_and_the_next_rate_goes_on(project):
    project(1e12, 0.03, dtype="float32")
    learning_rates.main("mlp_xor_scratch")
    rows = read_rows(Path("plots/learning_rates/mlp_xor_scratch.csv"))
    assert [row["lr"] for row in rows] == ["0.03"] * 4


def test_weights_are_red_for_a_class_white_at_zero_and_blue_against_it():
    """Two epochs of two outputs of 1 × 1 pixel: a row an epoch, each tile with a margin."""
    epochs = np.array([[2.0, 0.0], [-2.0, 1.0]]).reshape(2, 2, 1, 1)
    pixels = np.array(draw_weights(epochs)).astype(int)
    assert pixels.shape == (4, 4, 4)
    (strong, zero), (against, weaker) = pixels[::2, ::2, :3]
    assert strong[0] > strong[2]
    assert zero.min() > 240
    assert against[2] > against[0]
    assert strong[2] < weaker[2] < zero[2]  # one scale for all
    assert (pixels[::2, ::2, 3] == 255).all()
    assert (pixels[1::2, :, 3] == 0).all() and (pixels[:, 1::2, 3] == 0).all()


def test_the_plane_goes_through_both_clusters_of_most_labels_and_is_seen_as_a_map():
    ball = 0.1 * np.random.default_rng(0).normal(size=(40, 3))
    # of labels 0 and 1 both clusters have z = 5, of label 2 none
    centres = [(0, 0, 5), (9, 9, 5), (9, 0, 5), (0, 9, 5), (4, 4, 0), (5, 5, 9)]
    points = np.concatenate([np.array(centre) + ball for centre in centres])
    plane = plane_of_pairs(points, np.repeat([0, 1, 2], 80))
    assert plane.directions == approx(np.eye(3)[:2], abs=0.02)
    assert plane.directions @ plane.directions.T == approx(np.eye(2))
    _, near = plane.flatten(points)
    assert near.tolist() == [True] * 160 + [False] * 80


def test_a_place_on_a_tilted_plane_is_where_its_point_in_space_is():
    tilted = Plane(np.array([1.0, 2, 3]), np.array([[0.6, 0, 0.8], [0, 1, 0]]), 0.5)
    places = np.array([[0.0, 0], [5, -1]])
    points = tilted.in_space(places)
    assert points[1] == approx([4, 1, 7])
    flat, near = tilted.flatten(points + 0.4 * np.array([0.8, 0, -0.6]))
    assert flat == approx(places)
    assert near.all()
    assert not tilted.flatten(points + 0.6 * np.array([0.8, 0, -0.6]))[1].any()


def test_layers_are_found_by_name_and_predict_as_the_network_does():
    (first, b1), (second, b2) = SQUARE
    arrays = {"layer2.weight": second, "layer1.bias": b1, "layer2.bias": b2}
    layers = linear_layers(arrays | {"layer1.weight": first})
    points = np.array([[0.0, 0, 0], [0.7, 0.7, 0], [-0.4, 0.4, 9], [0, -1.1, 0]])
    assert predict(layers, points).tolist() == [0, 1, 0, 1]
    assert len(linear_layers({"weight": first, "bias": b1})) == 1


def test_a_hidden_units_line_lies_where_it_is_0_and_ends_at_the_windows_edges():
    weight = np.array([[1.0, 1, 7], [0, 2, 0], [1, 0, 0], [0, 0, 5], [3, -1, 0]])
    bias = np.array([-0.5, 1.0, 3.0, 1.0, 0.0])
    ends = zero_lines(GROUND, weight, bias, WINDOW)
    # the third's is at x = -3, outside; the fourth is the same all over the plane
    assert len(ends) == 3
    for line, (w, b) in zip(ends, [(w, b) for w, b in zip(weight, bias)][:2]):
        assert GROUND.in_space(line) @ w + b == approx([0, 0])
    assert GROUND.in_space(ends[2]) @ weight[4] == approx([0, 0])
    assert np.abs(ends).max(axis=2) == approx(np.ones((3, 2)))


def test_regions_have_the_class_of_each_place_and_points_their_own_with_an_edge_if_wrong():
    points = np.array([[0.0, 0, 0], [1, 1, 0.5], [1, -1, 0], [-1, -1, 0], [0, 1, 2]])
    figure = decision_regions(
        GROUND, SQUARE, points, np.array([0, 1, 0, 1, 1]), ["in", "out"], "xyz"
    )
    heatmap, inside, outside, wrong = figure.data
    places = [
        start + step * np.arange(160)
        for start, step in ((heatmap.x0, heatmap.dx), (heatmap.y0, heatmap.dy))
    ]
    x, y = np.meshgrid(*places)
    assert np.array_equal(heatmap.z, np.abs(x) + np.abs(y) > 1)
    assert [colour for _, colour in heatmap.colorscale] == [
        *(COLOURS[0], COLOURS[0], COLOURS[1], COLOURS[1])
    ]
    assert (inside.name, list(inside.x)) == ("in", [0])
    assert (outside.name, list(outside.x)) == ("out", [1, -1])  # the last is not near
    assert (list(wrong.x), list(wrong.y)) == ([1], [-1])
    assert wrong.text == ("in → out",)
    assert wrong.marker.color == (inside.marker.color,)
    assert wrong.marker.line.width > 0
    assert len(figure.layout.shapes) == 4  # the square's sides
    assert figure.layout.xaxis.title.text == "along the plane, to larger x"
    assert len(figure.to_json()) < 150_000


def test_the_lines_that_bend_most_are_drawn_and_the_others_after_a_click():
    angles = np.arange(10) / 3
    weight = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    first = weight * np.arange(1, 11)[:, np.newaxis], np.zeros(10)
    onward = np.ones((2, 10)) * [[1], [-1]]
    onward[:, 9] = 1  # for both classes alike: it bends nothing
    layers = [first, (onward, np.zeros(2))]
    assert strongest_first(GROUND, layers).tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0, 9]
    points, targets = np.array([[-1.0, -1, 0], [1, 1, 0]]), np.array([0, 1])
    figure = decision_regions(GROUND, layers, points, targets, ["0", "1"], "xyz")
    shapes = figure.layout.shapes
    assert [shape.visible for shape in shapes] == [None] * 8 + ["legendonly"] * 2
    assert [i for i, shape in enumerate(shapes) if shape.showlegend] == [0, 8]


def test_a_model_without_hidden_units_has_no_lines():
    points, targets = np.array([[0.0, 0, 0], [1, 1, 0]]), np.array([0, 1])
    layers = [(np.array([[0.0, 0, 0], [1, 0, 0]]), np.array([0.5, 0]))]
    figure = decision_regions(GROUND, layers, points, targets, ["0", "1"], "xyz")
    assert not figure.layout.shapes
    assert set(np.unique(figure.data[0].z)) == {0, 1}


def test_a_learning_rate_has_one_colour_and_its_shuffled_line_is_dashed():
    rows = [
        {"lr": lr, "shuffle": shuffle, "epoch": epoch, "train_loss": "2", "test_acc": a}
        for lr, a in (("0.1", "0.8"), ("0.5", "0.1"))
        for shuffle in ("False", "True")
        for epoch in ("1", "2")
    ]
    figure = learning_rate_chart(rows, "test_acc", "share")
    names = ["0.1", "0.1, shuffled", "0.5", "0.5, shuffled"]
    assert [trace.name for trace in figure.data] == names
    assert [t.line.color for t in figure.data] == [COLOURS[i] for i in (0, 0, 1, 1)]
    assert [trace.line.dash for trace in figure.data] == ["solid", "dash"] * 2
    assert [trace.showlegend for trace in figure.data] == [True, False] * 2
    assert list(figure.data[2].y) == [0.1, 0.1]
    assert figure.layout.yaxis.type is None
    assert learning_rate_chart(rows, "train_loss", "loss").layout.yaxis.type == "log"


def test_mistakes_of_most_models_come_first_and_those_they_differ_about_before_others():
    truth = ["a", "b", "c", "a", "b", "a"]
    predictions = {
        "one": ["b", "a", "c", "b", "b", "a"],
        "two": ["b", "c", "a", "c", "b", "a"],
        "three": ["b", "b", "c", "b", "a", "a"],
    }
    targets = np.array(["abc".index(name) for name in truth])
    found = mistakes_side_by_side(predictions, targets, ["a", "b", "c"], 10)
    # all wrong: 3 by two answers, 0 by one; then two wrong: 1; one wrong: 2 and 4
    assert [entry["row"] for entry in found] == [3, 0, 1, 2, 4]
    assert found[0] == {
        "row": 3,
        "actual": "a",
        "predicted": {"one": "b", "two": "c", "three": "b"},
    }
    assert mistakes_side_by_side(predictions, targets, ["a", "b", "c"], 2) == found[:2]
