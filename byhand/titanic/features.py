"""Features of Titanic passengers, each described here and nowhere else.

Frames have one row a passenger. Training and test passengers stand together: only
`party_fate` needs to know who survived.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Feature(NamedTuple):
    """A category or a number, and what it means.

    monotone: how a model may let survival change as the number grows: 1 up, -1 down,
        0 either way. Knowledge from outside helps, for the data has only 891 rows.
    """

    is_category: bool
    meaning: str
    monotone: int = 0


RAW = {
    "Pclass": Feature(False, "class, 1 to 3"),
    "Name": Feature(True, "name, a category of its own for each passenger"),
    "Sex": Feature(True, "male or female"),
    "Age": Feature(False, "age in years"),
    "SibSp": Feature(False, "siblings and spouses aboard"),
    "Parch": Feature(False, "parents and children aboard"),
    "Ticket": Feature(True, "ticket, letters and all"),
    "Fare": Feature(False, "fare of the ticket in pounds"),
    "Cabin": Feature(True, "cabin or cabins"),
    "Embarked": Feature(True, "port: C, Q or S"),
}
ENGINEERED = {
    "title": Feature(True, "Mr, Mrs, Miss, Master (a boy), or Rare (Dr, Rev, Col, …)"),
    "woman_or_boy": Feature(False, "1 for women, girls and boys, 0 for men", 1),
    "pclass": Feature(False, "class, 1 to 3", -1),
    "fare_level": Feature(False, "log2 of the fare per person in pounds, rounded", 1),
    "party_fate": Feature(
        False, "whether women and boys of the party lived, -1 to 1", 1
    ),
}
FEATURES = {"raw": RAW, "engineered": ENGINEERED}

COMMON_TITLES = ["Mr", "Mrs", "Miss", "Master"]
MISS, MRS = ["Mlle", "Ms"], ["Mme", "Lady", "the Countess", "Dona"]


def categories(features: dict[str, Feature]) -> list[str]:
    """Return the names of the features that are categories."""
    return [name for name, feature in features.items() if feature.is_category]


def monotone(features: dict[str, Feature]) -> dict[str, int]:
    """Return the direction, 1 or -1, of each feature that has one; see `Feature`."""
    return {name: f.monotone for name, f in features.items() if f.monotone}


def known_in_folds(survived: pd.Series, folds: int) -> pd.Series:
    """Return the fold in which each passenger is held out, from 0; -1 if survival is unknown.

    All folds have the same size, or differ by one.
    """
    known = survived.notna()
    return ((known.cumsum() - 1) % folds).where(known, -1)


def engineered(
    passengers: pd.DataFrame, survived: pd.Series, fold: pd.Series
) -> pd.DataFrame:
    """Return the columns of ENGINEERED, for all passengers.

    Args:
        passengers: Kaggle's columns.
        survived: 1, 0, or missing for Kaggle's test passengers and those to be measured on.
        fold: in which a passenger is held out; any number where survival is missing.
    """
    return pd.DataFrame(
        {
            "title": title(passengers["Name"]),
            "woman_or_boy": woman_or_boy(passengers).astype(int),
            "pclass": passengers["Pclass"],
            "fare_level": fare_level(passengers),
            "party_fate": party_fate(passengers, survived, fold),
        }
    )


def title(name: pd.Series) -> pd.Series:
    """Return the title in 'Braund, Mr. Owen Harris': a common one, or Rare."""
    given = name.str.extract(r",\s*([^.]*)\.", expand=False).str.strip()
    given = given.replace(MISS, "Miss").replace(MRS, "Mrs")
    return given.where(given.isin(COMMON_TITLES), "Rare")


def woman_or_boy(passengers: pd.DataFrame) -> pd.Series:
    """Return whether a passenger is female, or a boy: boys had the title Master."""
    return (passengers["Sex"] == "female") | (title(passengers["Name"]) == "Master")


def fare_level(passengers: pd.DataFrame) -> pd.Series:
    """Return log2 of the fare per person, rounded, float64; a fare below 4 pounds counts as 4.

    All passengers on a ticket share its fare. The median of the class stands in for a
    missing fare. Whole numbers keep trees from telling passengers apart by the penny.
    """
    median = passengers.groupby("Pclass")["Fare"].transform("median")
    sharing = passengers.groupby("Ticket")["Ticket"].transform("size")
    per_person = passengers["Fare"].fillna(median) / sharing
    return np.log2(per_person.clip(lower=4)).round()


def party(passengers: pd.DataFrame) -> pd.Series:
    """Return who travels together: the same number, (rows,) int64, for all of a party.

    A party shares a ticket; or surname, class, fare and port, on tickets that differ at
    most in the last character. Families bought such tickets. After Chris Deotte's
    notebooks on Kaggle about groups of women and children.
    """
    surname = passengers["Name"].str.partition(",")[0]
    family = surname + "|" + passengers["Ticket"].str[:-1]
    for column in ("Pclass", "Fare", "Embarked"):
        family += "|" + passengers[column].astype(str)
    return joined(passengers["Ticket"], family)


def joined(*labels: pd.Series) -> pd.Series:
    """Return connected components: rows that share a label are in the same component.

    A component's number is the position of its first row. A missing label joins nothing.
    """
    index = labels[0].index
    component = pd.Series(np.arange(len(index)), index=index)
    while True:
        before = component
        for label in labels:
            lowest = component.groupby(label).transform("min")
            component = lowest.fillna(component).astype(int)
        if component.equals(before):
            return component


def party_fate(
    passengers: pd.DataFrame, survived: pd.Series, fold: pd.Series
) -> pd.Series:
    """Return whether the women and boys of a passenger's party lived, in (-1, 1).

    They tended to live or die together. The feature is (lived - died) / (lived + died + 1),
    and 0 for men and where nothing is known. Only passengers of other folds count. So a
    model that is validated on a fold knows as much of that fold as of strangers. Arguments
    as for `engineered`.
    """
    counted = woman_or_boy(passengers)
    group = party(passengers)

    def in_other_folds(fate: int) -> pd.Series:
        known = ((survived == fate) & counted).astype(int)
        in_party = known.groupby(group).transform("sum")
        in_fold = known.groupby([group, fold]).transform("sum")
        # test passengers are in no fold: everyone known counts
        return in_party - in_fold.where(survived.notna(), 0)

    lived, died = in_other_folds(1), in_other_folds(0)
    return ((lived - died) / (lived + died + 1)).where(counted, 0.0)
