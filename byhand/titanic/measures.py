"""How good guesses of survival are: thresholds, the figures of a binary report, curves."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn import metrics


def accuracy_by_threshold(
    survived: np.ndarray, probability: np.ndarray
) -> pd.DataFrame:
    """Return the accuracy of the guess probability > threshold for every useful threshold.

    These are 0.5 and the midpoints between neighbouring probabilities. survived is (rows,)
    0 or 1, probability (rows,) in [0, 1]. Columns threshold, accuracy, by rising threshold.
    """
    values = np.unique(probability)
    thresholds = np.unique(np.append((values[1:] + values[:-1]) / 2, 0.5))
    guesses = probability[:, np.newaxis] > thresholds
    accuracy = (guesses == (survived == 1)[:, np.newaxis]).mean(axis=0)
    return pd.DataFrame({"threshold": thresholds, "accuracy": accuracy})


def best_threshold(survived: np.ndarray, probability: np.ndarray) -> float:
    """Return the threshold of the highest accuracy; among equals, the nearest to 0.5."""
    table = accuracy_by_threshold(survived, probability)
    best = table["threshold"][table["accuracy"] == table["accuracy"].max()].to_numpy()
    return float(best[np.abs(best - 0.5).argmin()])


def binary_report(
    survived: np.ndarray, probability: np.ndarray, threshold: float
) -> dict[str, float | int]:
    """Return the figures of the tutorial's binary report, and a few more.

    accuracy_low and accuracy_high are Wilson's 95 % interval. mse, rmse, mae, rmsle and r2
    are the errors of the probability as a number; the tutorial gives them for its
    regression.
    """
    guess = probability > threshold
    tn, fp, fn, tp = metrics.confusion_matrix(survived, guess, labels=[0, 1]).ravel()
    rows = len(survived)
    interval = wilson_interval(tp + tn, rows)
    return {
        "threshold": threshold,
        "accuracy": metrics.accuracy_score(survived, guess),
        "accuracy_low": interval.low,
        "accuracy_high": interval.high,
        "precision": metrics.precision_score(survived, guess, zero_division=0),
        "recall": metrics.recall_score(survived, guess, zero_division=0),
        "f1": metrics.f1_score(survived, guess, zero_division=0),
        "auc": metrics.roc_auc_score(survived, probability),
        "log_loss": metrics.log_loss(survived, probability),
        "tp": int(tp),
        "tn": int(tn),
        "fp": int(fp),
        "fn": int(fn),
        "rows": rows,
        "mse": metrics.mean_squared_error(survived, probability),
        "rmse": metrics.root_mean_squared_error(survived, probability),
        "mae": metrics.mean_absolute_error(survived, probability),
        "rmsle": metrics.root_mean_squared_log_error(survived, probability),
        "r2": metrics.r2_score(survived, probability),
    }


def wilson_interval(hits: int, rows: int):
    """Return Wilson's 95 % interval of the share hits / rows, as .low and .high."""
    return binomtest(int(hits), int(rows)).proportion_ci(method="wilson")


def roc(survived: np.ndarray, probability: np.ndarray) -> pd.DataFrame:
    """Return the ROC curve: false_positive_rate, true_positive_rate."""
    fpr, tpr, _ = metrics.roc_curve(survived, probability)
    return pd.DataFrame({"false_positive_rate": fpr, "true_positive_rate": tpr})


def precision_recall(survived: np.ndarray, probability: np.ndarray) -> pd.DataFrame:
    """Return the precision-recall curve: recall, precision, by rising recall."""
    precision, recall, _ = metrics.precision_recall_curve(survived, probability)
    return pd.DataFrame({"recall": recall[::-1], "precision": precision[::-1]})


def calibration(survived: np.ndarray, probability: np.ndarray) -> pd.DataFrame:
    """Return predicted and observed survival for each tenth of [0, 1] that has rows.

    Columns predicted (mean probability), observed (share that survived), rows, and low and
    high: Wilson's 95 % interval of observed.
    """
    tenth = (probability * 10).astype(int).clip(max=9)
    columns = pd.DataFrame({"predicted": probability, "observed": survived})
    tenths = columns.groupby(tenth)
    table = tenths.mean().assign(rows=tenths.size())
    survivors = tenths["observed"].sum()
    intervals = [wilson_interval(*pair) for pair in zip(survivors, table["rows"])]
    return table.assign(
        low=[interval.low for interval in intervals],
        high=[interval.high for interval in intervals],
    )
