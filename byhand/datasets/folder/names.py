"""Names of classes and columns: which look alike, and how a message shows them."""

import re
import unicodedata
from collections.abc import Iterable

from byhand.pipeline.errors import UserError

LISTED = 10  # names in a message
WIDTH = 60  # characters of a name in a message
# line breaks among them, and what a file's name has that is not UTF-8
CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# what takes no place, beside Unicode's categories Cc and Cf
INVISIBLE = {*"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800"}
INVISIBLE |= {*map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])}


def seen(name: str) -> str:
    """Return a name as a reader sees it: two names with the same result look alike.

    The name is in Unicode's form NFKC, where é is one character and a full-width 1 is 1.
    Invisible characters are gone. Spaces, of any kind and number, are one space.
    """
    text = unicodedata.normalize("NFKC", name)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join("".join(c for c in text if c not in INVISIBLE).split())


def check_names(place: str, names: Iterable[str]) -> None:
    """Refuse control characters, and names that differ but look alike.

    place: where the names stand, for the message.

    Raises:
        UserError: of two names alike, the message has the codes, such as 'caf\\xe9'.
    """
    first: dict[str, str] = {}
    for name in names:
        refuse_control(place, name)
        if (other := first.setdefault(seen(name), name)) != name:
            raise UserError(
                f"{place} {name!a} looks like {other!a}, expected one spelling"
            )


def refuse_control(place: str, name: str) -> None:
    """Refuse a name with a line break or another control character, as above."""
    if CONTROL.search(name):
        raise UserError(f"{place} is {quoted(name)}, expected no control characters")


def quoted(text: str) -> str:
    """Return a text for a message: in quotes, cut if long, and what is not seen as a code."""
    text = repr(text) if seen(text) == text else ascii(text)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}…"


def listed(names: list[str]) -> str:
    """Return names for a message: some of many, and in quotes where that is plainer."""
    shown = [
        name if name and quoted(name)[1:-1] == name else quoted(name)
        for name in names[:LISTED]
    ]
    return ", ".join(shown + [f"… ({len(names)} in all)"] * (len(names) > LISTED))
