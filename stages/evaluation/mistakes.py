"""The mistakes that a model was most sure of."""

import numpy as np


def most_confident_mistakes(
    logits: np.ndarray, targets: np.ndarray, count: int
) -> list[tuple[int, int, int, float]]:
    """Return the wrong predictions of highest probability, the highest first.

    Args:
        logits: (rows, classes).
        targets: (rows,), int64, each in [0, classes).
        count: how many at most.

    Returns:
        Of each its row, its class, the one predicted, and with what probability.
    """
    predictions = logits.argmax(axis=1)
    log_sums = np.logaddexp.reduce(logits, axis=1)
    probabilities = np.exp(logits.max(axis=1) - log_sums)
    wrong = np.flatnonzero(predictions != targets)
    rows = wrong[np.argsort(-probabilities[wrong], kind="stable")][:count]
    columns = (rows, targets[rows], predictions[rows], probabilities[rows])
    return list(zip(*(column.tolist() for column in columns), strict=True))
