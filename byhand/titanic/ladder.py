"""Measure ways to guess who survives on the same passengers, and choose one."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from byhand.titanic.features import engineered, known_in_folds
from byhand.titanic.measures import wilson_interval

Rung = Callable[[pd.DataFrame, pd.Series], np.ndarray]
HOLDOUT = "holdout"
BASELINE = "party_rule"


def repeated_folds(
    passengers: pd.DataFrame, folds: int, repetitions: int
) -> dict[int, list[pd.Index]]:
    """Return the folds of passengers of each repetition; seed r draws repetition r."""
    known = passengers.index[passengers["Survived"].notna()]
    parts = {}
    for repetition in range(repetitions):
        order = np.random.default_rng(repetition).permutation(known)
        parts[repetition] = [order[fold::folds] for fold in range(folds)]
    return parts


def measure(
    rungs: dict[str, Rung],
    passengers: pd.DataFrame,
    parts: dict[int | str, list[pd.Index]],
    folds: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Guess the survival of some passengers from the survival of all others.

    Args:
        rungs: by name, see `rules`.
        passengers: Kaggle's columns; Survived is missing where Kaggle keeps it.
        parts: by name; each part is groups of passengers, to be guessed group by group.
        folds: how many, for the engineered features.

    Returns:
        Columns repetition (the part's name), rung, rows, accuracy, and log_loss in nats,
        which is missing for rules. And a row for each passenger who is guessed in a
        repetition, a column for each rung: the share of right guesses, in [0, 1].
    """
    rows, right = [], []
    for part, groups in parts.items():
        guesses = {name: [] for name in rungs}
        for group in groups:
            survived = passengers["Survived"].drop(group).reindex(passengers.index)
            fold = known_in_folds(survived, folds)
            frame = passengers.assign(**engineered(passengers, survived, fold))
            frame = frame.drop(columns="Survived")
            for name, rung in rungs.items():
                guesses[name].append(rung(frame, survived)[group])
        guessed = np.concatenate(groups)
        truth = passengers["Survived"][guessed].to_numpy()
        is_right = pd.DataFrame(index=guessed)
        for name in rungs:
            guess = np.concatenate(guesses[name])
            is_right[name] = (guess > 0.5) == truth
            is_rule = np.isin(guess, [0, 1]).all()  # one error: infinite loss
            row = {"repetition": part, "rung": name, "rows": len(guess)}
            row["accuracy"] = is_right[name].mean()
            row["log_loss"] = math.nan if is_rule else log_loss(truth, guess)
            rows.append(row)
        if part != HOLDOUT:
            right.append(is_right)
    shares = pd.concat(right).groupby(level=0).mean() if right else pd.DataFrame()
    return pd.DataFrame(rows), shares


def summarize(measured: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each rung, in the order that `measure` returned.

    Columns:
        rung.
        accuracy, log_loss: means over the repetitions.
        accuracy_se: √(accuracy · (1 - accuracy) / rows), as Breiman and others.
        difference, difference_se: accuracy minus the party rule's; its standard error, for
            the same passengers, from each one's share of right guesses.
        holdout_accuracy, holdout_low, holdout_high: with Wilson's 95 % interval.
    """
    difference = right.sub(right[BASELINE], axis=0)
    rows = []
    for rung, measures in measured.groupby("rung", sort=False):
        repeated = measures[measures["repetition"] != HOLDOUT]
        (holdout,) = measures[measures["repetition"] == HOLDOUT].itertuples()
        mean = repeated["accuracy"].mean()
        interval = wilson_interval(round(holdout.accuracy * holdout.rows), holdout.rows)
        rows.append(
            {
                "rung": rung,
                "accuracy": mean,
                "accuracy_se": math.sqrt(mean * (1 - mean) / repeated["rows"].iloc[0]),
                "log_loss": repeated["log_loss"].mean(),
                "difference": difference[rung].mean(),
                "difference_se": difference[rung].sem(),
                "holdout_accuracy": holdout.accuracy,
                "holdout_low": interval.low,
                "holdout_high": interval.high,
            }
        )
    return pd.DataFrame(rows)


def choose(ladder: pd.DataFrame) -> str:
    """Return the simplest rung within one standard error of the best; see `summarize`.

    The rule of Breiman, Friedman, Olshen and Stone, Classification and Regression Trees
    (1984), section 3.4.3.
    """
    best = ladder.loc[ladder["accuracy"].idxmax()]
    good_enough = ladder["accuracy"] >= best["accuracy"] - best["accuracy_se"]
    return ladder["rung"][good_enough].iloc[0]
