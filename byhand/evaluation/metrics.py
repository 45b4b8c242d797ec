"""How good predictions are: the loss, and measures from the confusion matrix."""

import numpy as np


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of log(Σ exp(logits)) - logits[target] over the rows, >= 0.

    logits are (rows, classes), finite; targets are (rows,), int64, in [0, classes). Other
    targets raise ValueError.
    """
    # NumPy's own [ ] takes -1 for the last class
    places = np.ravel_multi_index((np.arange(len(targets)), targets), logits.shape)
    of_targets = logits.ravel()[places]
    log_sums = np.logaddexp.reduce(logits, axis=1)
    return float((log_sums - of_targets).mean(dtype=np.float64))


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Return exp(logits) / Σ exp(logits) of each row, softmax, as float64.

    logits are (rows, classes), finite.
    """
    logits = logits.astype(np.float64)
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


def confusion_matrix(
    targets: np.ndarray, predictions: np.ndarray, classes: int
) -> np.ndarray:
    """Return counts (classes, classes), int64: row = target, column = prediction.

    targets and predictions are (rows,), int64, in [0, classes).
    """
    cells = targets * classes + predictions
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def accuracy(confusion: np.ndarray) -> float:
    """Return the share of rows predicted right, in [0, 1]."""
    return float(confusion.trace() / confusion.sum())


def per_class_accuracy(confusion: np.ndarray) -> list[float]:
    """Return each class's recall: the share of its rows predicted right, 0 without rows."""
    rows = confusion.sum(axis=1).clip(min=1)
    return (confusion.diagonal() / rows).tolist()


def macro_f1(confusion: np.ndarray) -> float:
    """Return the mean over classes of F1 = 2·TP / (2·TP + FP + FN), in [0, 1].

    A class that is neither a target nor predicted does not count, as in scikit-learn.
    """
    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    present = total > 0
    return float((2 * confusion.diagonal()[present] / total[present]).mean())
