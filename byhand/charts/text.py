"""Text in a picture: drawn as it is written, in any script, and never read as a formula."""

import logging

from matplotlib.figure import Figure
from matplotlib.font_manager import (
    FontManager,
    FontProperties,
    findfont,
    fontManager,
    get_font,
)
from matplotlib.text import Text

log = logging.getLogger(__name__)

LONGEST = 14  # letters of a name that is drawn; more would cover its neighbours
REGULAR = ("normal", 400)  # style and weight


def shortened(name: str) -> str:
    """Return a name on one line; the middle of a long name is left out."""
    name = " ".join(name.split())
    half = LONGEST // 2
    return name if len(name) <= LONGEST else f"{name[:half]}…{name[1 - half :]}"


def as_written(figure: Figure) -> Figure:
    """Return the figure; all its texts are drawn letter by letter, `$` and `_` too.

    Letters that Matplotlib's font lacks, such as Chinese ones, are drawn by fonts of the
    machine, so such a picture differs between machines. A letter that no font has is drawn
    as □, and the log names it.
    """
    texts = figure.findobj(Text)
    usual = FontProperties().get_family()
    lacking = set("".join(t.get_text() for t in texts)) - {"\n"} - letters(usual)
    others = fonts_with(lacking)
    missing = lacking.difference(*others.values())
    for text in texts:
        text.set_parse_math(False)
        text.set_fontfamily([*usual, *others])
        text.set_text(text.get_text().translate(dict.fromkeys(map(ord, missing), "□")))
    if missing:
        log.warning(
            "no font on this machine has %r, drawn as □; Debian's packages "
            "fonts-noto-cjk and fonts-noto-core have most letters",
            "".join(sorted(missing)),
        )
    return figure


def fonts_with(wanted: set[str]) -> dict[str, set[str]]:
    """Return families of installed fonts, each with those letters that it is needed for."""
    # some fonts have letters in the places of control characters
    wanted = {letter for letter in wanted if letter.isprintable()}
    if not wanted:
        return {}
    for entry in FontManager().ttflist:  # the list at hand may be older than a font
        if entry not in fontManager.ttflist:
            fontManager.addfont(entry.fname)
    names = {e.name for e in fontManager.ttflist if (e.style, e.weight) == REGULAR}
    names = {name for name in names if not name.startswith("Last Resort")}  # all boxes
    found = {name: wanted & letters([name]) for name in names}
    needed = {}
    for name in sorted(found, key=lambda name: (-len(found[name]), name)):
        if having := found[name] & wanted:
            needed[name] = having
            wanted = wanted - having
    return needed


def letters(family: list[str]) -> set[str]:
    """Return all letters of a family's regular font."""
    return {*map(chr, get_font(findfont(FontProperties(family=family))).get_charmap())}
