"""Accuracy, confusion matrix and macro F1 against scikit-learn's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from sklearn import metrics

from scratch.metrics import accuracy, confusion_matrix, macro_f1, per_class_accuracy


@st.composite
def predictions_and_targets(draw):
    classes, rows = draw(st.integers(1, 6)), draw(st.integers(1, 40))
    labels = st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)
    return draw(labels), draw(labels), classes


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(predictions_and_targets())
def test_metrics_are_scikit_learns(case):
    predictions, targets, classes = case
    confusion = confusion_matrix(
        torch.tensor(targets), torch.tensor(predictions), classes
    )
    labels = list(range(classes))
    expected = metrics.confusion_matrix(targets, predictions, labels=labels)
    assert confusion.tolist() == expected.tolist()

    assert macro_f1(confusion) == approx(
        metrics.f1_score(targets, predictions, average="macro")
    )
    assert per_class_accuracy(confusion) == approx(
        metrics.recall_score(
            targets, predictions, labels=labels, average=None, zero_division=0
        )
    )
    logits = torch.nn.functional.one_hot(torch.tensor(predictions), classes)
    assert accuracy(logits, torch.tensor(targets)) == approx(
        metrics.accuracy_score(targets, predictions)
    )
