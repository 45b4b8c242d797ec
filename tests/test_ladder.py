"""Titanic's ladder: what its rules say, what they may know, and how one is chosen."""

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from sklearn.metrics import log_loss

from byhand.titanic.ladder import HOLDOUT, choose, measure, repeated_folds, summarize
from byhand.titanic.passengers import read_all
from byhand.titanic.rules import RULES, party_rule
from tests.project import ROOT


@pytest.fixture(scope="module")
def passengers():
    return read_all(ROOT / "data/titanic")


def a_party(*members):
    """Return passengers of one ticket: (sex, title, class) each."""
    return pd.DataFrame(
        [
            {
                "Name": f"Doe, {title}. A",
                "Sex": sex,
                "Pclass": pclass,
                "Ticket": "A 1",
                "Fare": 8.0,
                "Embarked": "S",
            }
            for sex, title, pclass in members
        ]
    )


WOMAN, BOY, MAN = ("female", "Mrs"), ("male", "Master"), ("male", "Mr")


@pytest.mark.parametrize(
    ("who", "pclass", "fates", "lives"),
    [
        (WOMAN, 3, [], True),
        (WOMAN, 3, [0, 0], False),
        (WOMAN, 1, [0], False),
        (WOMAN, 3, [0, 1], True),
        (BOY, 3, [], False),
        (BOY, 2, [], True),
        (BOY, 3, [1, 1], True),
        (BOY, 1, [0, 1], False),
        (MAN, 1, [1, 1], False),
    ],
)
def test_women_and_boys_share_the_fate_of_their_party(who, pclass, fates, lives):
    others = [WOMAN if i % 2 else BOY for i in range(len(fates))]
    party = a_party(*[(*person, pclass) for person in (who, MAN, *others)])
    survived = pd.Series(
        [np.nan, 1 - lives, *fates]
    )  # the man's fate is none of theirs
    assert party_rule(party, survived)[0] == lives


def test_every_passenger_is_guessed_once_a_repetition_by_what_is_known_of_others(
    passengers,
):
    groups = []

    def spy(frame, survived):
        assert "Survived" not in frame
        groups.append(frame.index[survived.isna() & passengers["Survived"].notna()])
        return np.zeros(len(frame))

    parts = repeated_folds(passengers, 5, 2)
    measure({"spy": spy}, passengers, parts, 5)
    for repetition in (groups[:5], groups[5:]):
        assert sorted(np.concatenate(repetition)) == list(range(891))
    assert set(groups[0]) != set(groups[5])


@pytest.mark.parametrize("rung", RULES)
def test_no_rung_knows_the_fate_of_who_is_guessed(passengers, rung):
    frames = []

    def spy(frame, survived):
        frames.append(RULES[rung](frame, survived))
        return frames[-1]

    group = repeated_folds(passengers, 5, 1)[0][0]
    flipped = passengers.assign(
        Survived=passengers["Survived"].mask(
            passengers.index.isin(group), 1 - passengers["Survived"]
        )
    )
    for people in (passengers, flipped):
        measure({rung: spy}, people, {0: [group]}, 5)
    assert np.array_equal(*frames)


def test_measures_are_those_of_the_guesses(passengers):
    guess = np.random.default_rng(0).uniform(size=len(passengers))
    group = passengers.index[:100]
    rungs = {
        "model": lambda frame, survived: guess,
        "rule": lambda frame, survived: guess.round(),
    }
    measured, right = measure(rungs, passengers, {HOLDOUT: [group]}, 5)
    model, rule = measured.to_dict("records")
    truth = passengers["Survived"][:100]
    assert model["accuracy"] == ((guess[:100] > 0.5) == truth).mean()
    assert rule["accuracy"] == model["accuracy"]
    assert model["log_loss"] == approx(log_loss(truth, guess[:100]))
    assert np.isnan(rule["log_loss"])
    assert right.empty


def test_a_passengers_share_is_of_the_repetitions_that_guess_right(passengers):
    guesses = iter([1.0, 0.0, 0.0, 0.0])  # two repetitions of two folds

    def rung(frame, survived):
        return np.full(len(frame), next(guesses))

    parts = repeated_folds(passengers, 2, 2)
    _, right = measure({"a": rung}, passengers, parts, 5)
    first, _ = parts[0]
    lived = passengers["Survived"][right.index] == 1
    expected = np.where(right.index.isin(first), 0.5, np.where(lived, 0, 1))
    assert (right["a"] == expected).all()


def ladder(*accuracies):
    """Return a summary of rungs a, b, c, …, measured twice, of 100 rows each."""
    names = ["a", "party_rule", "c", "d"]
    rows = [
        {"repetition": part, "rung": name, "rows": 100}
        | {"accuracy": accuracy + shift, "log_loss": np.nan}
        for part, shift in (("0", -0.01), ("1", 0.01), (HOLDOUT, 0.0))
        for name, accuracy in zip(names, accuracies, strict=True)
    ]
    right = pd.DataFrame(
        {
            name: np.arange(100) < round(100 * accuracy)
            for name, accuracy in zip(names, accuracies, strict=True)
        },
        dtype=float,
    )
    return summarize(pd.DataFrame(rows), right)


def test_a_summary_has_breimans_error_and_differences_for_the_same_passengers():
    table = ladder(0.6, 0.7, 0.8, 0.75)
    row = table.set_index("rung").loc["c"]
    assert row["accuracy"] == approx(0.8)
    assert row["accuracy_se"] == approx(0.04)  # √(0.8 · 0.2 / 100)
    assert row["difference"] == approx(0.1)
    # 10 of 100 passengers are guessed right by one rung alone
    assert row["difference_se"] == approx(np.std([1] * 10 + [0] * 90, ddof=1) / 10)
    assert row["holdout_low"] < row["holdout_accuracy"] < row["holdout_high"]


@pytest.mark.parametrize(
    ("accuracies", "chosen"),
    [
        ((0.6, 0.7, 0.8, 0.75), "c"),
        ((0.6, 0.77, 0.8, 0.79), "party_rule"),
        ((0.79, 0.7, 0.8, 0.8), "a"),
        ((0.5, 0.5, 0.5, 0.9), "d"),
    ],
)
def test_the_simplest_within_a_standard_error_of_the_best_is_chosen(accuracies, chosen):
    assert choose(ladder(*accuracies)) == chosen
