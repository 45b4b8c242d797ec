"""How good predictions are: accuracy and what follows from the confusion matrix."""

import torch
from torch import Tensor


def accuracy(logits: Tensor, targets: Tensor) -> float:
    """Return the share of rows whose largest logit is the target's, in [0, 1].

    Args:
        logits: (rows, classes).
        targets: (rows,), int64.
    """
    return (logits.argmax(dim=1) == targets).double().mean().item()


def confusion_matrix(targets: Tensor, predictions: Tensor, classes: int) -> Tensor:
    """Return counts (classes, classes), int64: row = target, column = prediction.

    Args:
        targets: (rows,), int64, each in [0, classes).
        predictions: (rows,), int64, each in [0, classes).
    """
    cells = targets * classes + predictions
    return torch.bincount(cells, minlength=classes * classes).view(classes, classes)


def per_class_accuracy(confusion: Tensor) -> list[float]:
    """Return, for each class, the share of its rows predicted right (its recall).

    A class without rows has 0.
    """
    rows = confusion.sum(dim=1).clamp_min(1)
    return (confusion.diagonal().double() / rows).tolist()


def macro_f1(confusion: Tensor) -> float:
    """Return the mean over classes of F1 = 2·TP / (2·TP + FP + FN), in [0, 1].

    A class that is neither a target nor predicted does not count, as in scikit-learn.
    """
    true_positives = confusion.diagonal().double()
    total = (confusion.sum(dim=0) + confusion.sum(dim=1)).double()
    present = total > 0
    return (2 * true_positives[present] / total[present]).mean().item()
