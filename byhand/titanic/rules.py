"""Rungs of a ladder: ways to guess who survives, from the plainest to a regression.

A rung takes a frame of all passengers, Kaggle's columns beside the engineered features,
and their survival: 1, 0, or missing. The rung returns each passenger's probability of
survival, (rows,) float64; a rule's is 0 or 1.
"""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from byhand.titanic.features import ENGINEERED, categories, party, woman_or_boy


def everyone_dies(passengers: pd.DataFrame, survived: pd.Series) -> np.ndarray:
    """Say that nobody survives."""
    return np.zeros(len(passengers))


def women_live(passengers: pd.DataFrame, survived: pd.Series) -> np.ndarray:
    """Say that women survive, and nobody else."""
    return (passengers["Sex"] == "female").to_numpy(float)


def third_class_dies(passengers: pd.DataFrame, survived: pd.Series) -> np.ndarray:
    """Say that women of first and second class survive, and nobody else."""
    return women_live(passengers, survived) * (passengers["Pclass"] < 3)


def party_rule(passengers: pd.DataFrame, survived: pd.Series) -> np.ndarray:
    """Say that women and boys share their party's fate; after Chris Deotte's on Kaggle.

    A woman dies if all women and boys of her party whose fate is known died. A boy lives if
    all of them lived. If no fate is known, women live, and boys of first and second class.
    Men die.
    """
    counted = woman_or_boy(passengers)
    fates = survived.where(counted).groupby(party(passengers))
    none_known = fates.transform("count") == 0
    all_died = fates.transform("max") == 0
    all_lived = (fates.transform("min") == 1) | (
        none_known & (passengers["Pclass"] < 3)
    )
    is_woman = passengers["Sex"] == "female"
    return np.where(is_woman, ~all_died, counted & all_lived).astype(float)


def logistic_regression(passengers: pd.DataFrame, survived: pd.Series) -> np.ndarray:
    """Fit scikit-learn's logistic regression, with its defaults, to ENGINEERED."""
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), categories(ENGINEERED)),
        remainder=StandardScaler(),
    )
    model = make_pipeline(encoder, LogisticRegression())
    features, known = passengers[list(ENGINEERED)], survived.notna()
    model.fit(features[known], survived[known].astype(int))
    return model.predict_proba(features)[:, 1]


PLAIN = [everyone_dies, women_live, third_class_dies, party_rule]
# by name, the simplest first
RULES = {rule.__name__: rule for rule in [*PLAIN, logistic_regression]}
