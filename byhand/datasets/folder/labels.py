"""Labels: what a field of that column may hold, and which labels are one class."""

import logging
import re
from pathlib import Path

from byhand.datasets.folder.names import listed, refuse_control, seen
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

LONGEST = 1000  # characters of a label
WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.0+)?")  # pandas writes 1 as 1.0, too
MISSING = (
    "na",
    "n/a",
    "#n/a",
    "nan",
    "none",
    "null",
)  # as R, pandas and Excel write it
FRACTION = re.compile(r"[-+]?[0-9]*\.[0-9]+")


def read_label(place: str, field: str) -> str:
    """Return a field's label, without spaces around it; `place` is for messages."""
    label = field.strip(" \t")
    if not seen(label):
        raise UserError(f"{place}: label is empty, expected text or a whole number")
    if len(label) > LONGEST:
        raise UserError(
            f"{place}: label has {len(label)} characters, expected at most {LONGEST}"
        )
    refuse_control(f"{place}: label", label)
    return label


def number_classes(train: list[str], test: list[str], folder: Path):
    """Return the names of classes, sorted, and the class of each train and test label.

    If all train labels are whole numbers, so are the classes: +1 and 1.0 are the class 1.
    A leading zero, as in 01, makes all labels text; then each label is a class.

    Raises:
        UserError: a test label is of no class, or one number is spelt in two ways.
    """
    if missing := [label for label in train if label.casefold() in MISSING]:
        log.warning(
            "%s/train.csv has the label %s, which is a class here, not a missing value",
            *(folder, listed(missing)),
        )
    whole = [label for label in train if WHOLE_NUMBER.fullmatch(label)]
    are_numbers = len(whole) == len(train)
    first: dict[int, str] = {}
    for label in () if are_numbers else whole:
        if (other := first.setdefault(number(label), label)) != label:
            raise UserError(
                f"{folder}/train.csv has labels {other} and {label}, expected one spelling "
                "of a number, since other labels are text"
            )

    def key(label: str) -> int | str:
        is_number = are_numbers and WHOLE_NUMBER.fullmatch(label)
        return number(label) if is_number else label

    keys = sorted(set(map(key, train)))
    names, classes = list(map(str, keys)), {key: i for i, key in enumerate(keys)}
    for label in test:
        if key(label) not in classes:
            measured = "; labels are classes, there is no regression here"
            raise UserError(
                f"{folder}/test.csv has label {listed([label])}, expected one of train.csv's: "
                f"{listed(names)}{measured if FRACTION.fullmatch(label) else ''}"
            )
    return names, *([classes[key(label)] for label in part] for part in (train, test))


def number(label: str) -> int:
    """Return the whole number that a label such as 1, +1 or 1.0 is."""
    return int(label.partition(".")[0])
