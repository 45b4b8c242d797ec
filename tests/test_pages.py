"""What the report is made of: comparisons, mistakes, pictures of weights."""

import base64
import io

import numpy as np
import torch
from hypothesis import given
from PIL import Image
from pytest import approx
from strategies import logits_and_targets

from evaluation.mistakes import most_confident_mistakes
from pages.book import compare
from pages.figures import confusion, scene
from pages.images import weight_pictures


def test_a_figure_is_in_range_within_three_standard_deviations():
    figures = [
        {"model": "m", "metric": "train_loss", "book": "", "mean": "1.0", "std": "0.1"},
        {"model": "m", "metric": "test_acc", "book": "0.9", "mean": "0.8", "std": "0"},
    ]
    loss, accuracy = compare(
        figures, {"m": {"train_loss": 1.29}}, {"m": {"accuracy": 0.81}}
    )
    assert (loss.book, loss.low, loss.high) == (None, approx(0.7), approx(1.3))
    assert loss.is_inside
    assert (accuracy.book, accuracy.ours) == (0.9, 0.81)
    assert not accuracy.is_inside


@given(logits_and_targets())
def test_mistakes_are_the_wrong_rows_of_highest_softmax(case):
    logits, targets = case
    probabilities, predictions = torch.softmax(logits, dim=1).max(dim=1)
    mistakes = most_confident_mistakes(logits.numpy(), targets.numpy(), count=3)

    wrong = (predictions != targets).sum().item()
    assert len(mistakes) == min(3, wrong)
    for mistake in mistakes:
        assert mistake.actual == targets[mistake.row] != mistake.predicted
        assert mistake.probability == approx(
            probabilities[mistake.row].item(), rel=1e-4
        )
    shown = [mistake.probability for mistake in mistakes]
    assert shown == sorted(shown, reverse=True)


def test_weights_are_red_for_a_class_white_at_zero_and_blue_against_it():
    weight = np.array([[2.0, 0.0], [-2.0, 1.0]])
    pixels = [
        np.array(
            Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        ).astype(int)
        for uri in weight_pictures(weight, (1, 2))
    ]
    assert pixels[0].shape == (1, 2, 3)
    strong, zero, against = pixels[0][0, 0], pixels[0][0, 1], pixels[1][0, 0]
    assert strong[0] > strong[2]
    assert zero.min() > 240
    assert against[2] > against[0]


def test_a_scene_marks_each_wrong_point_once():
    points = np.arange(12.0).reshape(4, 3)
    figure = scene(points, ["a", "a", "b", "b"], ["a", "b", "b", "b"], ["a", "b"])
    sizes = {trace.name: len(trace.x) for trace in figure.data}
    assert sizes == {"a": 1, "b": 2, "wrong": 1}


def test_a_confusion_has_shares_of_rows_and_classes_never_seen():
    figure = confusion(["a", "a", "b"], ["a", "b", "b"], ["a", "b", "c"])
    assert figure.data[0].z.tolist() == [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 0]]
