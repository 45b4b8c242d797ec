"""The report's chapters: Markdown, one file for each chapter and language, woven together.

A line `![title](kind:target)` is a mark. The page shows a chart, a function of the code, or
a part of its template there. Both languages of a chapter have the same marks, so the page
shows each of these once, between prose in both languages. `code:` may name two functions,
the plain one and the one that trains, as in `code:pages/plain.py#step > scratch/sgd.py#SGD.update`.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup

from byhand.pages.page import TEMPLATES
from byhand.pages.words import chinese

FOLDER = Path(__file__).parent / "chapters"
LANGUAGES = ("en", "zh")
MARK = re.compile(r"^!\[(.*)\]\((chart|code|part):(.+)\)$", re.MULTILINE)


class Mark(NamedTuple):
    """What the page shows in a place."""

    kind: str  # chart, code or part
    target: str
    titles: dict[str, str]  # by language


class Piece(NamedTuple):
    """Prose, and the marks that follow it; the last piece of a chapter may have none."""

    # HTML, by language; empty between two marks of other kinds
    prose: dict[str, Markup]
    marks: list[Mark]  # of one kind; several are charts without prose between them


class Chapter(NamedTuple):
    """A chapter: its name, its titles by language, and its pieces."""

    name: str
    titles: dict[str, str]
    pieces: list[Piece]


def read_chapters(figures: dict[str, Any], folder: Path = FOLDER) -> list[Chapter]:
    """Read all chapters, in the order of their numbers.

    The folder has a folder for each language. The prose may use figures, as {{ name }}.
    """
    files = [path.name for path in (folder / LANGUAGES[0]).glob("*.md")]
    files.sort(key=lambda name: int(name.partition("-")[0]))
    return [weave(file, figures, folder) for file in files]


def weave(file: str, figures: dict[str, Any], folder: Path) -> Chapter:
    """Return the chapter in each language's file `<number>-<name>.md`.

    Raises:
        ValueError: the marks differ between the languages.
    """
    titles, versions, pieces = {}, [], []
    for language in LANGUAGES:
        text = (folder / language / file).read_text(encoding="utf-8")
        titles[language], text = text.removeprefix("# ").split("\n", 1)
        text = TEMPLATES.from_string(text).render(figures)
        # prose, title, kind and target, repeated; after the last prose there is no mark
        parts = [*MARK.split(text), "", "", ""]
        versions.append(zip(*(parts[i::4] for i in range(4)), strict=True))
    for version in zip(*versions, strict=True):
        prose, headings, kinds, targets = zip(*version, strict=True)
        if len({*zip(kinds, targets, strict=True)}) > 1:
            raise ValueError(f"{file}: marks differ by language: {', '.join(targets)}")
        html = {k: Markup(MARKDOWN.render(t)) for k, t in zip(LANGUAGES, prose)}
        mark = Mark(kinds[0], targets[0], dict(zip(LANGUAGES, headings)))
        marks = pieces[-1].marks if pieces else []
        if not any(html.values()) and marks and marks[0].kind == mark.kind == "chart":
            marks.append(mark)
        else:
            pieces.append(Piece(html, [mark] if mark.kind else []))
    return Chapter(Path(file).stem.partition("-")[2], titles, pieces)


def fence(renderer, tokens, i, options, env) -> str:
    """Return a fenced block: code, or formulas side by side, as MathML."""
    if tokens[i].info != "math":
        return renderer.fence(tokens, i, options, env)
    parts = tokens[i].content.split(r"\qquad")
    formulas = "".join(convert(part, display="block") for part in parts)
    return f'<div class="formula">{formulas}</div>'


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKDOWN.add_render_rule("fence", fence)
TEMPLATES.filters["chinese"] = chinese
