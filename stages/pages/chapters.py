"""The report's chapters: Markdown, a file a chapter and language, woven into one.

In a chapter, a line of its own as `![title](kind:target)` is a mark: there the page has a
chart, a function of the code, or a part of its template. A chapter has the same marks in
both languages, so that what they stand for is there once, between prose in both.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup

from stages.pages.page import TEMPLATES

FOLDER = Path(__file__).parent / "chapters"
LANGUAGES = ("en", "zh")
MARK = re.compile(r"^!\[(.*)\]\((chart|code|part):(.+)\)$", re.MULTILINE)


class Piece(NamedTuple):
    """Some prose, and what stands beside or below it.

    prose: HTML, by language.
    kind, target: of the mark that follows; empty at the end of a chapter.
    titles: the mark's, by language.
    """

    prose: dict[str, Markup]
    kind: str
    target: str
    titles: dict[str, str]


class Chapter(NamedTuple):
    """A chapter of the book's: its name, its titles by language, and what is in it."""

    name: str
    titles: dict[str, str]
    pieces: list[Piece]


def read_chapters(figures: dict[str, Any], folder: Path = FOLDER) -> list[Chapter]:
    """Read all chapters, in the order of their numbers.

    Args:
        figures: what the prose may name, as {{ name }}.
        folder: has a folder for each language.
    """
    files = [path.name for path in (folder / LANGUAGES[0]).glob("*.md")]
    files.sort(key=lambda name: int(name.partition("-")[0]))
    return [weave(file, figures, folder) for file in files]


def weave(file: str, figures: dict[str, Any], folder: Path) -> Chapter:
    """Return the chapter in a file of that name, `<number>-<name>.md`, of each language.

    Raises:
        ValueError: the languages have other marks.
    """
    titles, versions = {}, {}
    for language in LANGUAGES:
        text = (folder / language / file).read_text(encoding="utf-8")
        titles[language], text = text.removeprefix("# ").split("\n", 1)
        text = TEMPLATES.from_string(text).render(figures)
        # prose, title, kind, target, and again, up to the last prose
        parts = [*MARK.split(text), "", "", ""]
        versions[language] = list(zip(*(parts[i::4] for i in range(4)), strict=True))
    pieces = []
    for version in zip(*versions.values(), strict=True):
        prose, headings, kinds, targets = zip(*version, strict=True)
        if len({*zip(kinds, targets, strict=True)}) > 1:
            raise ValueError(
                f"{file}: {targets[0]} is another mark in another language"
            )
        pieces.append(
            Piece(
                {k: Markup(MARKDOWN.render(t)) for k, t in zip(LANGUAGES, prose)},
                kinds[0],
                targets[0],
                dict(zip(LANGUAGES, headings)),
            )
        )
    return Chapter(Path(file).stem.partition("-")[2], titles, pieces)


def fence(renderer, tokens, i, options, env) -> str:
    """Return a fenced block: formulas as MathML, one beside the other, or code."""
    if tokens[i].info == "math":
        parts = tokens[i].content.split(r"\qquad")
        formulas = "".join(convert(part, display="block") for part in parts)
        return f'<div class="formula">{formulas}</div>'
    return renderer.fence(tokens, i, options, env)


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKDOWN.add_render_rule("fence", fence)
