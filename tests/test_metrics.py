"""Loss, accuracy, confusion matrix and macro F1 against scikit-learn's and PyTorch's."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from sklearn import metrics

from byhand.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    cross_entropy,
    macro_f1,
    per_class_accuracy,
)
from tests.strategies import logits_and_targets


@st.composite
def predictions_and_targets(draw):
    classes, rows = draw(st.integers(1, 6)), draw(st.integers(1, 40))
    labels = st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)
    return np.array(draw(labels)), np.array(draw(labels)), classes


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(predictions_and_targets())
def test_metrics_are_scikit_learns(case):
    predictions, targets, classes = case
    confusion = confusion_matrix(targets, predictions, classes)
    labels = list(range(classes))
    expected = metrics.confusion_matrix(targets, predictions, labels=labels)
    assert confusion.tolist() == expected.tolist()

    assert accuracy(confusion) == metrics.accuracy_score(targets, predictions)
    assert macro_f1(confusion) == approx(
        metrics.f1_score(targets, predictions, average="macro")
    )
    assert per_class_accuracy(confusion) == approx(
        metrics.recall_score(
            targets, predictions, labels=labels, average=None, zero_division=0
        )
    )


@given(logits_and_targets())
def test_cross_entropy_is_pytorchs(case):
    logits, targets = case
    expected = torch.nn.functional.cross_entropy(logits.double(), targets).item()
    loss = cross_entropy(logits.numpy(), targets.numpy())
    assert loss == approx(expected, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("target", [-1, 3])
def test_a_class_that_is_not_there_is_refused(target):
    with pytest.raises(ValueError, match="invalid entry"):
        cross_entropy(np.ones((2, 3)), np.array([0, target]))
    with pytest.raises(ValueError, match="negative|reshape"):
        confusion_matrix(np.array([2, target]), np.array([0, 2]), 3)
