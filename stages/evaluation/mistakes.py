"""The mistakes that a model was most sure of."""

from typing import NamedTuple

import numpy as np


class Mistake(NamedTuple):
    """A row of the test set: its class, the one predicted, and with what probability."""

    row: int
    actual: int
    predicted: int
    probability: float


def most_confident_mistakes(
    logits: np.ndarray, targets: np.ndarray, count: int
) -> list[Mistake]:
    """Return the wrong predictions of highest probability, the highest first.

    Args:
        logits: (rows, classes).
        targets: (rows,), int64, each in [0, classes).
        count: how many at most.
    """
    predictions = logits.argmax(axis=1)
    log_sums = np.logaddexp.reduce(logits, axis=1)
    probabilities = np.exp(logits.max(axis=1) - log_sums)
    wrong = np.flatnonzero(predictions != targets)
    order = wrong[np.argsort(-probabilities[wrong], kind="stable")][:count]
    return [
        Mistake(int(i), int(targets[i]), int(predictions[i]), float(probabilities[i]))
        for i in order
    ]
