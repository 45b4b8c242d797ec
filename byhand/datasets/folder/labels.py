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


def name_classes(labels: list[str], path: Path) -> list[str]:
    """Return the names of classes, sorted, of a training set's different labels.

    If all labels are whole numbers, so are the classes: +1 and 1.0 are the class 1. A leading
    zero, as in 01, makes all labels text; then each label is a class.

    Raises:
        UserError: one number is spelt in two ways, and other labels are text.
    """
    if missing := [label for label in labels if label.casefold() in MISSING]:
        log.warning(
            "%s has the label %s, which is a class here, not a missing value",
            *(path, listed(missing)),
        )
    whole = [label for label in labels if WHOLE_NUMBER.fullmatch(label)]
    if len(whole) == len(labels):
        return list(map(str, sorted(set(map(number, labels)))))
    first: dict[int, str] = {}
    for label in whole:
        if (other := first.setdefault(number(label), label)) != label:
            raise UserError(
                f"{path} has labels {other} and {label}, expected one spelling of a number, "
                "since other labels are text"
            )
    return sorted(labels)


def number_classes(labels: list[str], names: list[str], path: Path) -> list[int]:
    """Return the class of each label: its place in `names`, as `name_classes` returns them.

    Raises:
        UserError: a label is of no class.
    """
    are_numbers = all(map(WHOLE_NUMBER.fullmatch, names))
    classes, found = {name: i for i, name in enumerate(names)}, []
    for label in labels:
        is_number = are_numbers and WHOLE_NUMBER.fullmatch(label)
        name = str(number(label)) if is_number else label
        if name not in classes:
            measured = "; labels are classes, there is no regression here"
            raise UserError(
                f"{path} has label {listed([label])}, expected one of the classes: "
                f"{listed(names)}{measured if FRACTION.fullmatch(label) else ''}"
            )
        found.append(classes[name])
    return found


def number(label: str) -> int:
    """Return the whole number that a label such as 1, +1 or 1.0 is."""
    return int(label.partition(".")[0])
