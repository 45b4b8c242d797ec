"""Labels: what a field of that column may hold, and which labels are one class."""

import re
from pathlib import Path

from byhand.datasets.folder.names import listed, refuse_control, seen
from byhand.pipeline.errors import UserError

LONGEST = 1000  # characters of a label
WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.0+)?")  # pandas writes 1 as 1.0, too
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


def number_classes(train: list[str], test: list[str], test_path: Path):
    """Return the names of classes, sorted, and the class of each train and test label.

    If all train labels are whole numbers, so are the classes: +1 and 1.0 are the class 1.
    A leading zero, as in 01, makes all labels text; then each label is a class.

    Raises:
        UserError: a test label is of no class.
    """
    are_numbers = all(map(WHOLE_NUMBER.fullmatch, train))

    def key(label: str) -> int | str:
        whole = are_numbers and WHOLE_NUMBER.fullmatch(label)
        return int(label.partition(".")[0]) if whole else label

    keys = sorted(set(map(key, train)))
    names, classes = list(map(str, keys)), {key: i for i, key in enumerate(keys)}
    for label in test:
        if key(label) not in classes:
            measured = "; labels are classes, there is no regression here"
            raise UserError(
                f"{test_path} has label {listed([label])}, expected one of train.csv's: "
                f"{listed(names)}{measured if FRACTION.fullmatch(label) else ''}"
            )
    return names, *([classes[key(label)] for label in part] for part in (train, test))
