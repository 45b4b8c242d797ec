"""Logistic regression by scikit-learn's solver. Chapter 3 of the book."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits


@threadpool_limits.wrap(limits=1)  # another number of threads, other bytes
def fit(
    features: np.ndarray, targets: np.ndarray, C: float, max_iter: int
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Fit logistic regression.

    Args:
        features: (rows, columns) float64.
        targets: (rows,) int64, each class at least once, two classes at least.
        C: inverse of the regularisation's strength, > 0.
        max_iter: iterations at most, >= 1.

    Returns:
        weight (classes, columns) and bias (classes,), float64; and of the rows that they
        are fitted to, loss in nats and accuracy, with the iterations it took as batches.
    """
    model = LogisticRegression(C=C, max_iter=max_iter).fit(features, targets)
    weight, bias = model.coef_, model.intercept_
    if len(weight) == 1:  # of two classes, scikit-learn keeps the second's logit only
        weight, bias = (np.concatenate([0 * row, row]) for row in (weight, bias))
    return {"weight": weight, "bias": bias}, {
        "train_loss": float(log_loss(targets, model.predict_proba(features))),
        "train_acc": float(model.score(features, targets)),
        "batches": int(model.n_iter_[0]),
    }


def accuracy(
    arrays: dict[str, np.ndarray], features: np.ndarray, targets: np.ndarray
) -> float:
    """Return the share of rows whose largest logit is the target's, in [0, 1]."""
    return float((predict(arrays, features).argmax(axis=1) == targets).mean())


@threadpool_limits.wrap(limits=1)
def predict(arrays: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Return the logits (rows, classes) that a fitted weight and bias give features."""
    return features @ arrays["weight"].T + arrays["bias"]
