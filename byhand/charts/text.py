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
    missing = set("".join(text.get_text() for text in texts)) - {"\n"} - letters(usual)
    families = usual + families_with({c for c in missing if c.isprintable()})
    missing -= set().union(*(letters([family]) for family in families))
    for text in texts:
        text.set_parse_math(False)
        text.set_fontfamily(families)
        text.set_text(text.get_text().translate(dict.fromkeys(map(ord, missing), "□")))
    if missing:
        log.warning(
            "no font on this machine has %r, drawn as □; Debian's packages "
            "fonts-noto-cjk and fonts-noto-core have most letters",
            "".join(sorted(missing)),
        )
    return figure


def families_with(wanted: set[str]) -> list[str]:
    """Return installed families of fonts that together have as many letters as possible."""
    if not wanted:
        return []
    for (
        entry
    ) in FontManager().ttflist:  # Matplotlib's own list may be older than a font
        if entry not in fontManager.ttflist:
            fontManager.addfont(entry.fname)
    names = {e.name for e in fontManager.ttflist if (e.style, e.weight) == REGULAR}
    found = {n: wanted & letters([n]) for n in names if not n.startswith("Last Resort")}
    families = []
    for name in sorted(found, key=lambda name: (-len(found[name]), name)):
        if found[name] & wanted:
            families.append(name)
            wanted = wanted - found[name]
    return families


def letters(family: list[str]) -> set[str]:
    """Return all letters of a family's regular font."""
    return {*map(chr, get_font(findfont(FontProperties(family=family))).get_charmap())}
