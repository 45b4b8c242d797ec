"""The report's chapters: prose in two languages, woven around the same formulas and code."""

import json
import re
from pathlib import Path

import pytest

from byhand.pages.chapters import FOLDER, LANGUAGES, MARK, read_chapters
from byhand.pages.code import coloured
from byhand.pages.links import source
from byhand.pages.models import in_words
from byhand.pages.page import share
from byhand.pages.source import lines_of_code, quote
from byhand.pages.words import WORDS, both, named, say
from byhand.training.blocks import load_model
from tests.project import ROOT

PAGES = ROOT / "byhand/pages"
CHAPTERS = sorted(path.name for path in (FOLDER / "en").glob("*.md"))
ENGLISH = """# 1 Lines

A line, of {{ share(accuracy) }}, and **bold**:

```math
y = \\frac{1}{2} x
```

![Its picture](chart:lines)

The end.
"""
CHINESE = ENGLISH.replace("1 Lines", "一、直线").replace("Its picture", "图")


def write_chapter(folder: Path, **versions: str) -> Path:
    for language, text in versions.items():
        (folder / language).mkdir()
        (folder / language / "1-lines.md").write_text(text, encoding="utf-8")
    return folder


def test_a_chapters_marks_stand_once_between_prose_in_both_languages(tmp_path):
    folder = write_chapter(tmp_path, en=ENGLISH, zh=CHINESE)
    (chapter,) = read_chapters({"accuracy": 0.912}, folder)
    assert (chapter.name, chapter.titles["zh"]) == ("lines", "一、直线")
    drawn, last = chapter.pieces
    (mark,) = drawn.marks
    assert (mark.kind, mark.target) == ("chart", "lines")
    assert mark.titles == {"en": "Its picture", "zh": "图"}
    assert "of 91.2\u00a0%, and <strong>bold</strong>" in drawn.prose["en"]
    assert "<mfrac>" in drawn.prose["zh"]
    assert "```" not in drawn.prose["en"]
    assert (last.marks, last.prose["en"]) == ([], "<p>The end.</p>\n")


def test_charts_without_prose_between_them_stand_together(tmp_path):
    more = "\n\n![](chart:b)\n\n![](code:c)\n\n![](chart:d)\n\nThe"
    texts = [text.replace("\n\nThe", more) for text in (ENGLISH, CHINESE)]
    folder = write_chapter(tmp_path, en=texts[0], zh=texts[1])
    (chapter,) = read_chapters({"accuracy": 1}, folder)
    targets = [[mark.target for mark in piece.marks] for piece in chapter.pieces]
    assert targets == [["lines", "b"], ["c"], ["d"], []]


def test_another_mark_in_another_language_is_an_error(tmp_path):
    folder = write_chapter(
        tmp_path, en=ENGLISH, zh=CHINESE.replace("chart:lines", "chart:curves")
    )
    with pytest.raises(ValueError, match="chart|lines"):
        read_chapters({"accuracy": 1}, folder)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", CHAPTERS)
def test_every_formula_of_a_chapter_has_code_or_its_picture_beside_it(language, file):
    text = (FOLDER / language / file).read_text(encoding="utf-8")
    parts = MARK.split(text)
    kinds = parts[2::4]
    assert "code" in kinds or "```math" not in text
    for prose, kind in zip(parts[::4], [*kinds, ""], strict=True):
        if "```math" in prose:
            assert kind, f"a formula with nothing beside it:\n{prose}"


def quoted(text: str) -> list[str]:
    """Return the targets of a chapter's code, the plain ones and those that train."""
    marks = [target for _, kind, target in MARK.findall(text) if kind == "code"]
    return [target for mark in marks for target in mark.split(" > ")]


@pytest.mark.parametrize("file", CHAPTERS)
def test_all_code_that_a_chapter_quotes_is_there(file):
    text = (FOLDER / "en" / file).read_text(encoding="utf-8")
    for target in quoted(text):
        path, _, name = target.partition("#")
        code = quote(target)
        text = (ROOT / "byhand" / path).read_text(encoding="utf-8")
        assert name.split(".")[-1] in code
        for line in code.splitlines():
            assert line in text
        assert '"""' not in code


def test_code_that_is_gone_is_an_error():
    with pytest.raises(ValueError, match="quotes scratch/mlp.py#MLP.unlearn"):
        quote("scratch/mlp.py#MLP.unlearn")


def test_lines_of_code_are_those_without_comments_and_docstrings(tmp_path):
    path = tmp_path / "code.py"
    path.write_text('"""Doc."""\n\n# why\ndef f(x):\n    """Doc."""\n    return x\n')
    assert lines_of_code(str(path)) == 2


def test_a_text_of_the_page_stands_in_both_languages():
    assert say("Seed {}; {}.", 3, "<b>") == (
        '<span lang="en">Seed 3; &lt;b&gt;.</span>'
        '<span lang="zh">种子 3；&lt;b&gt;。</span>'
    )
    assert named("coat") == both({"en": "coat", "zh": "外套"})
    assert named("my_own_class") == "my_own_class"
    assert [share(0.5), share(None)] == ["50.0\u00a0%", "–"]


def test_a_model_has_a_name_in_words():
    assert in_words(load_model("mlp_xor_scratch")) == {
        "en": "perceptron, by hand",
        "zh": "多层感知机（手写）",
    }


def test_code_has_colours_and_its_comments_stand_in_both_languages():
    comment = "AdamW"
    html = coloured(f'def f(x):\n    return "<" if x else None  # {comment}')
    assert html.count('<span class="keyword">') == 5
    assert '<span class="string">&#34;&lt;&#34;</span>' in html
    assert f'<span lang="zh"># {WORDS[comment]}</span>' in html
    assert html.striptags() == 'def f(x): return "<" if x else None # AdamW# AdamW'


@pytest.mark.parametrize("file", CHAPTERS)
def test_every_comment_of_quoted_code_has_its_chinese(file):
    text = (FOLDER / "en" / file).read_text(encoding="utf-8")
    for target in quoted(text):
        for comment in re.findall(r"# (.+)", quote(target)):
            assert comment in WORDS, target


def test_a_link_to_code_names_its_lines():
    first, last = re.search('#L(.+)-L(.+)"', source("scratch/mlp.py#relu")).groups()
    lines = (ROOT / "byhand/scratch/mlp.py").read_text().splitlines()
    assert lines[int(first) - 1].startswith("def relu(")
    assert lines[int(last) - 1] == "    return values.clamp_min(0)"


@pytest.mark.parametrize(
    "path", sorted(PAGES.rglob("*.j2")) + sorted(PAGES.rglob("*.js"))
)
def test_all_that_a_page_says_has_its_chinese(path):
    text = path.read_text(encoding="utf-8")
    said = re.findall(r'(?:say|inLanguage)\("([^"]+)"', text)
    said += re.findall(r'data-say="([^"${]+)"', text)
    assert [words for words in said if words not in WORDS] == []


def test_no_word_stands_in_the_dictionary_twice():
    text = (PAGES / "words.json").read_text(encoding="utf-8")
    pairs = json.loads(text, object_pairs_hook=list)
    assert len(pairs) == len(WORDS)
    for english, chinese in pairs:
        assert english.count("{") == chinese.count("{"), english


def test_no_two_scripts_of_the_page_define_the_same_name():
    """They share one scope: the second definition would take the place of the first."""
    template = (PAGES / "report.html.j2").read_text(encoding="utf-8")
    definition = r"^(?:const|let|(?:async )?function\*?) +(\w+)"
    names = [
        name
        for file in re.findall(r'"(scripts/[^"]+)"', template)
        for name in re.findall(definition, (PAGES / file).read_text(), re.MULTILINE)
    ]
    assert len(names) > 80
    assert len({*names}) == len(names)
