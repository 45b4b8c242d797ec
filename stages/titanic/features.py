"""Features of Titanic passengers, each described here and nowhere else.

Frames have one row a passenger. All but `party_fate` read only what both of Kaggle's files
tell, so training and test passengers are looked at together.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Feature(NamedTuple):
    """What a feature is: a category or a number, what it means, and how survival goes with it.

    monotone says which way a model may let survival go as the number grows, 1 up, -1 down,
    0 either way: with 891 rows, what is known beforehand is worth stating.
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
    "fare_level": Feature(
        False, "log2 of the fare per person in pounds, rounded, at least 2", 1
    ),
    "party_fate": Feature(
        False,
        "what is known of the other women and boys of the passenger's party (same "
        "ticket or family): (lived - died) / (lived + died + 1); 0 for men",
        1,
    ),
}
FEATURES = {"raw": RAW, "engineered": ENGINEERED}


COMMON_TITLES = ["Mr", "Mrs", "Miss", "Master"]
LADIES = {
    "Mlle": "Miss",
    "Ms": "Miss",
    "Mme": "Mrs",
    "Lady": "Mrs",
    "the Countess": "Mrs",
    "Dona": "Mrs",
}


def categories(features: dict[str, Feature]) -> list[str]:
    """Return the names of the features that are categories."""
    return [name for name, feature in features.items() if feature.is_category]


def monotone(features: dict[str, Feature]) -> dict[str, int]:
    """Return which way survival may go as a feature grows, of those where that is known."""
    return {name: f.monotone for name, f in features.items() if f.monotone}


def raw(passengers: pd.DataFrame) -> pd.DataFrame:
    """Return the tutorial's columns as they are."""
    return passengers[list(RAW)]


def known_in_folds(survived: pd.Series, folds: int) -> pd.Series:
    """Return the fold that each passenger is held out in, of folds as large as each other.

    Those whose survival is not known are in none, -1.
    """
    known = survived.notna()
    return ((known.cumsum() - 1) % folds).where(known, -1)


def engineered(
    passengers: pd.DataFrame, survived: pd.Series, fold: pd.Series
) -> pd.DataFrame:
    """Return the columns of ENGINEERED, for all passengers.

    Args:
        passengers: Kaggle's columns.
        survived: 1, 0, or missing where it is not known: of test passengers, and of all
            whom a model is to be measured on.
        fold: the fold a passenger is held out in; any number where survival is missing.
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
    given = given.replace(LADIES)
    return given.where(given.isin(COMMON_TITLES), "Rare")


def woman_or_boy(passengers: pd.DataFrame) -> pd.Series:
    """Return whether a passenger is female, or a boy, whom they called Master."""
    return (passengers["Sex"] == "female") | (title(passengers["Name"]) == "Master")


def fare_level(passengers: pd.DataFrame) -> pd.Series:
    """Return log2 of the fare per person, rounded, float64 from 2 (up to 5 pounds) up.

    A ticket's fare is shared by all on it; a missing one is taken as its class's median.
    Whole steps keep trees from telling passengers apart by the penny.
    """
    median = passengers.groupby("Pclass")["Fare"].transform("median")
    sharing = passengers.groupby("Ticket")["Ticket"].transform("size")
    per_person = passengers["Fare"].fillna(median) / sharing
    return np.log2(per_person.clip(lower=4)).round()


def party(passengers: pd.DataFrame) -> pd.Series:
    """Return who travels together: one number, (rows,) int64, for all of a party.

    They share a ticket; or surname, class, fare and port, on tickets that differ in the
    last character at most, as families bought them (after Chris Deotte's notebooks on
    Kaggle about groups of women and children).
    """
    surname = passengers["Name"].str.partition(",")[0]
    family = surname + "|" + passengers["Ticket"].str[:-1]
    for column in ("Pclass", "Fare", "Embarked"):
        family += "|" + passengers[column].astype(str)
    return joined(passengers["Ticket"], family)


def joined(*labels: pd.Series) -> pd.Series:
    """Return connected components: rows that share any of the labels are in one.

    A component is named by the position of its first row. A missing label joins nothing.
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
    """Return what is known of the women and boys of a passenger's party, in (-1, 1).

    They tended to live or die together. (lived - died) / (lived + died + 1), counted over
    those whose survival is known and who are in another fold than the passenger; 0 for
    men, and where nothing is known. So no passenger's own survival, nor that of another
    held out together with them, is in their feature: a model that is validated on a fold
    sees what it would see of strangers. Arguments as `engineered`'s.
    """
    counted = woman_or_boy(passengers)
    group = party(passengers)

    def in_other_folds(fate: int) -> pd.Series:
        known = ((survived == fate) & counted).astype(int)
        in_party = known.groupby(group).transform("sum")
        in_fold = known.groupby([group, fold]).transform("sum")
        # test passengers are in no fold: all that is known is known of strangers
        return in_party - in_fold.where(survived.notna(), 0)

    lived, died = in_other_folds(1), in_other_folds(0)
    return ((lived - died) / (lived + died + 1)).where(counted, 0.0)
