"""Logistic regression by scikit-learn's solver. Chapter 3 of the book."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits


class Logistic:
    """logits = features · weightᵀ + bias, fitted until the solver has converged.

    Attributes:
        weight: (classes, columns) float64.
        bias: (classes,) float64.
    """

    weight: np.ndarray
    bias: np.ndarray

    @threadpool_limits.wrap(limits=1)  # the bytes depend on the number of threads
    def fit(
        self, features: np.ndarray, targets: np.ndarray, C: float, max_iter: int
    ) -> tuple[float, float, int]:
        """Fit weight and bias; return the loss in nats, the accuracy and the iterations.

        Args:
            features: (rows, columns) float64.
            targets: (rows,) int64, at least two classes, each class at least once.
            C: inverse of the regularisation's strength, > 0.
            max_iter: largest number of iterations, >= 1.
        """
        model = LogisticRegression(C=C, max_iter=max_iter).fit(features, targets)
        self.weight, self.bias = model.coef_, model.intercept_
        if len(self.weight) == 1:  # for two classes, only the logit of the second
            self.weight = np.concatenate([0 * self.weight, self.weight])
            self.bias = np.concatenate([0 * self.bias, self.bias])
        loss = log_loss(targets, model.predict_proba(features))
        accuracy = model.score(features, targets)
        return float(loss), float(accuracy), int(model.n_iter_[0])

    @threadpool_limits.wrap(limits=1)
    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return the logits (rows, classes) of features (rows, columns)."""
        return features @ self.weight.T + self.bias

    def accuracy(self, features: np.ndarray, targets: np.ndarray) -> float:
        """Return the share of rows whose largest logit is the target's, in [0, 1]."""
        return float((self.predict(features).argmax(axis=1) == targets).mean())

    def arrays(self) -> dict[str, np.ndarray]:
        """Return weight and bias by name, for a file."""
        return {"weight": self.weight, "bias": self.bias}
