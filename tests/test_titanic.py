"""Titanic: reading Kaggle's files, the features and whose survival they know, the measures."""

import csv
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from pytest import approx
from sklearn import metrics

from byhand.pipeline.errors import UserError
from byhand.titanic.features import (
    ENGINEERED,
    engineered,
    fare_level,
    joined,
    party,
    party_fate,
    title,
    woman_or_boy,
)
from byhand.titanic.measures import (
    accuracy_by_threshold,
    best_threshold,
    binary_report,
    calibration,
)
from byhand.titanic.passengers import read_all, read_passengers

DATA = Path(__file__).parents[1] / "data/titanic"
LINES = (DATA / "train.csv").read_text().splitlines(keepends=True)
HEADER, DEAD = LINES[:1], [line for line in LINES if line.split(",")[1] == "0"]
FOLDS = 5


@pytest.fixture(scope="module")
def passengers():
    """All 1,309 passengers, the 891 whose survival is known first."""
    return read_all(DATA)


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
        ("PassengerId,", "Id,", " has no column PassengerId, only Id, Surv"),
        (
            "\n2,1,1,",
            "\n1,1,1,",
            ", line 3: PassengerId is 1, expected a number of its",
        ),
        ("\n2,1,1,", "\n2,7,1,", ", line 3: Survived is 7, expected 0 or 1"),
        ("\n2,1,1,", "\n2,,1,", ", line 3: Survived is nan, expected 0 or 1"),
        ("\n2,1,1,", "\n2,1,first,", ", line 3: Pclass is first, expected 1, 2 or 3"),
        ("\n2,1,1,", "\n2,1,4,", ", line 3: Pclass is 4, expected 1, 2 or 3"),
        (",male,22", ",m,22.0", ", line 2: Sex is m, expected male or female"),
        (",male,22", ",male,-22", r", line 2: Age is -22, expected a number or"),
        (
            ",male,22",
            ",male,old",
            r", line 2: Age is old, expected a number or nothing",
        ),
        (",7.25,", ",inf,", ", line 2: Fare is inf, expected a number or nothing"),
        (",A/5 21171,", ",,", ", line 2: Ticket is nan, expected a ticket"),
        (",PC 17599,", ",PC 17599,?,", " is not Kaggle's: .* in line 3, saw 13"),
        (
            '"Braund, Mr. Owen Harris"',
            "Braund, Mr. Owen",
            ", line 2: PassengerId is 0, expected a number of its",
        ),
    ],
)
def test_files_that_are_not_kaggles_are_refused(tmp_path, old, new, message):
    path = tmp_path / "train.csv"
    text = (DATA / "train.csv").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(UserError, match=f"^{path}{message}"):
        read_passengers(path, survival_known=True)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], " is not Kaggle's: No columns"),
        (HEADER, " has 0 passengers, expected at least 100"),
        (HEADER + DEAD[:50], " has 50 passengers, expected at least 100"),
        (HEADER + DEAD, " has Survived 0 in all rows, expected some of 0 and some of"),
    ],
)
def test_files_of_too_few_passengers_are_refused(tmp_path, lines, message):
    path = tmp_path / "train.csv"
    path.write_text("".join(lines))
    with pytest.raises(UserError, match=f"^{path}{message}"):
        read_passengers(path, survival_known=True)


def test_columns_may_come_in_another_order_and_among_others(tmp_path):
    expected = read_passengers(DATA / "train.csv", survival_known=True)
    path = tmp_path / "train.csv"
    shuffled = pd.read_csv(DATA / "train.csv", dtype=str)[list(expected)[::-1]]
    shuffled.assign(Deck="B").to_csv(path, index=False)
    assert read_passengers(path, survival_known=True).equals(expected)


CELLS = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "1e400", "nan", "inf", '"', ",", "\r", "é"]),
    st.text(max_size=8),
)


@given(
    st.lists(
        st.tuples(st.integers(1, 891), st.sampled_from(range(12)), CELLS), min_size=1
    )
)
def test_any_cells_give_finite_features_or_are_refused_with_the_files_name(changes):
    with (DATA / "train.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    for line, column, cell in changes:
        rows[line][column] = cell
    with tempfile.NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
        file.flush()
        try:
            changed = read_passengers(Path(file.name), survival_known=True)
        except UserError as error:
            assert file.name in str(error)
            return
    fold = pd.Series(np.arange(len(changed)) % FOLDS)
    features = engineered(changed, changed["Survived"], fold)
    assert not features.isna().any(axis=None)
    assert np.isfinite(features.drop(columns="title")).all(axis=None)


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


def test_calibration_is_what_came_true_in_each_tenth_that_has_rows():
    survived, probability = np.array([0, 1, 1, 1]), np.array([0.11, 0.19, 0.95, 1.0])
    table = calibration(survived, probability)
    assert table["predicted"].tolist() == approx([0.15, 0.975])
    assert table["observed"].tolist() == [0.5, 1]
    assert table["rows"].tolist() == [2, 2]
    # Wilson's intervals of 1 of 2 and of 2 of 2
    assert table["low"].tolist() == approx([0.09453, 0.34238], abs=1e-5)
    assert table["high"].tolist() == approx([0.90547, 1], abs=1e-5)
