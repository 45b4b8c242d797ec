"""Titanic: reading Kaggle's files, the features and whose survival they know, the measures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from sklearn import metrics

from pipeline.command import UserError
from titanic.features import (
    ENGINEERED,
    engineered,
    fare_level,
    joined,
    party,
    party_fate,
    title,
    woman_or_boy,
)
from titanic.measures import accuracy_by_threshold, best_threshold, binary_report
from titanic.passengers import read_passengers

DATA = Path(__file__).parents[1] / "data/titanic"
FOLDS = 5


@pytest.fixture(scope="module")
def passengers():
    """All 1,309 passengers, the 891 whose survival is known first."""
    train = read_passengers(DATA / "train.csv", survival_known=True)
    test = read_passengers(DATA / "test.csv", survival_known=False)
    return pd.concat([train, test], ignore_index=True)


@pytest.fixture(scope="module")
def fold(passengers):
    return pd.Series(np.arange(len(passengers)) % FOLDS).where(
        passengers["Survived"].notna(), -1
    )


def test_the_files_are_kaggles(passengers):
    assert passengers["PassengerId"].tolist() == list(range(1, 1310))
    assert passengers["Survived"].sum() == 342
    assert passengers["Survived"].isna().sum() == 418
    missing = passengers.groupby(passengers["Survived"].isna())["Age"].agg(
        lambda age: age.isna().sum()
    )
    assert missing.tolist() == [177, 86]


def test_the_test_file_does_not_tell_who_survived():
    assert "Survived" not in (DATA / "test.csv").read_text().splitlines()[0]


def test_no_feature_sees_its_own_label_or_one_held_out_with_it(passengers, fold):
    """Flip one label at a time: only others of the party, in other folds, may move."""
    survived = passengers["Survived"]
    before = engineered(passengers, survived, fold)
    groups = party(passengers)
    rng = np.random.default_rng(0)
    moved_at_all = 0
    in_parties = groups[groups.duplicated(keep=False) & survived.notna()].index
    for row in rng.choice(in_parties, size=60, replace=False):
        flipped = survived.copy()
        flipped[row] = 1 - flipped[row]
        after = engineered(passengers, flipped, fold)
        moved = (after != before).any(axis=1)
        assert not moved[fold == fold[row]].any()
        assert (groups[moved] == groups[row]).all()
        assert set(after.columns[(after != before).any()]) <= {"party_fate"}
        moved_at_all += moved.any()
    assert moved_at_all > 10


def test_features_of_test_passengers_know_all_of_the_training_part(passengers, fold):
    """A test passenger's party fate counts every known woman and boy of the party."""
    fate = party_fate(passengers, passengers["Survived"], fold)
    groups, counted = party(passengers), woman_or_boy(passengers)
    unknown = passengers["Survived"].isna()
    for row in passengers.index[unknown & counted][:80]:
        known = passengers[(groups == groups[row]) & counted & ~unknown]["Survived"]
        lived, died = (known == 1).sum(), (known == 0).sum()
        assert fate[row] == approx((lived - died) / (lived + died + 1))


def test_survival_that_is_not_known_changes_nothing(passengers, fold):
    """Rows to be measured on have their survival left out: then it can't be in a feature."""
    known = passengers["PassengerId"] <= 500
    folds = fold.where(known, -1)
    survived = passengers["Survived"].where(known)
    features = engineered(passengers, survived, folds)
    assert list(features) == list(ENGINEERED)
    other = passengers.assign(Survived=1 - passengers["Survived"])
    assert engineered(other, survived, folds).equals(features)


def frame(**columns):
    rows = len(next(iter(columns.values())))
    default = {"Name": "Doe, Mr. J", "Sex": "male", "Pclass": 3, "Fare": 8.0}
    default |= {"Ticket": [f"T{i}0" for i in range(rows)], "Embarked": "S"}
    return pd.DataFrame(default | columns, index=range(rows))


def test_titles_are_common_ones_or_rare():
    names = [
        "Braund, Mr. Owen Harris",
        "Sagesser, Mlle. Emma",
        "Rothes, the Countess. of (Lucy)",
        "Byles, Rev. Thomas",
        "Palsson, Master. Gosta",
    ]
    expected = ["Mr", "Miss", "Mrs", "Rare", "Master"]
    assert title(pd.Series(names)).tolist() == expected


def test_fare_is_shared_by_the_ticket_and_a_missing_one_is_its_classs_median():
    passengers = frame(
        Ticket=["A", "A", "B", "C"], Fare=[64.0, 64.0, 8.0, np.nan], Pclass=[1, 1, 3, 3]
    )
    assert fare_level(passengers).tolist() == [5, 5, 3, 3]


def test_a_party_shares_a_ticket_or_a_family_on_neighbouring_tickets():
    passengers = frame(
        Name=["Fox, Mr. A", "Fox, Mrs. B", "Ray, Miss. C", "Fox, Mr. D"],
        Ticket=["111", "112", "112", "999"],
    )
    a, b, c, d = party(passengers)
    assert a == b == c
    assert d != a


def test_joined_finds_chains():
    one, other = pd.Series([1, 1, 2, 3, 4]), pd.Series([7, 8, 8, 9, 9])
    assert joined(one, other).tolist() == [0, 0, 0, 3, 3]


def test_a_missing_label_joins_nothing():
    one, other = pd.Series(["a", "b", None, None]), pd.Series(["x", "y", "y", None])
    assert joined(one, other).tolist() == [0, 1, 1, 3]


def test_no_feature_is_missing(passengers, fold):
    features = engineered(passengers, passengers["Survived"], fold)
    assert not features.isna().any(axis=None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("PassengerId,", "Id,", "is not Kaggle's: .*PassengerId"),
        ("\n2,1,1,", "\n1,1,1,", "has PassengerId 1 twice"),
        ("\n2,1,1,", "\n2,7,1,", "has a Survived that is neither 0 nor 1"),
        ("\n2,1,1,", "\n2,1,first,", "is not Kaggle's: .*first"),
    ],
)
def test_files_that_are_not_kaggles_are_refused(tmp_path, old, new, message):
    path = tmp_path / "train.csv"
    path.write_text((DATA / "train.csv").read_text().replace(old, new, 1))
    with pytest.raises(UserError, match=message):
        read_passengers(path, survival_known=True)


def test_files_may_have_crlf_and_a_bom(tmp_path):
    path = tmp_path / "train.csv"
    text = (DATA / "train.csv").read_text()
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    expected = read_passengers(DATA / "train.csv", survival_known=True)
    assert read_passengers(path, survival_known=True).equals(expected)


def test_the_threshold_is_the_most_accurate_and_of_equals_the_nearest_to_a_half():
    survived = np.array([0, 0, 1, 1])
    probability = np.array([0.1, 0.2, 0.8, 0.9])
    assert best_threshold(survived, probability) == 0.5
    rng = np.random.default_rng(0)
    survived, probability = rng.integers(2, size=50), rng.random(50)
    table = accuracy_by_threshold(survived, probability)
    for threshold, accuracy in table.itertuples(index=False):
        guess = probability > threshold
        assert accuracy == approx(metrics.accuracy_score(survived, guess))
    best = ((probability > best_threshold(survived, probability)) == survived).mean()
    assert best == approx(table["accuracy"].max())


def test_the_report_of_a_small_case_is_right():
    survived = np.array([1, 1, 0, 0, 0])
    probability = np.array([0.9, 0.4, 0.6, 0.2, 0.1])
    report = binary_report(survived, probability, 0.5)
    assert [report[k] for k in ("tp", "tn", "fp", "fn", "rows")] == [1, 2, 1, 1, 5]
    assert report["accuracy"] == 0.6
    assert report["precision"] == report["recall"] == report["f1"] == 0.5
    assert report["auc"] == approx(5 / 6)
    assert report["mse"] == approx((0.01 + 0.36 + 0.36 + 0.04 + 0.01) / 5)
    assert report["accuracy_low"] < 0.6 < report["accuracy_high"]
