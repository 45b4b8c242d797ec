"""A user's text, a class or a column, is no markup anywhere that it is drawn or printed."""

import json
import logging
import re
import warnings
from importlib.resources import files

import numpy as np
import pytest
from markdown_it import MarkdownIt
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from byhand.charts import text
from byhand.charts.images import draw_predicted_images
from byhand.charts.scatter import draw_predicted_points, draw_splits
from byhand.datasets.folder import Dataset, Part
from byhand.huggingface.models import write_card
from byhand.pages.figures import as_json, confusion, scene
from byhand.pages.page import TEMPLATES, as_script
from byhand.pages.words import WORDS, named
from byhand.pipeline.outputs import write_figure
from tests.browser import CHROMIUM, chromium
from tests.test_hub import blocks

NAMES = ["$5 to $10", "$a_$", "_hidden", "100 %", "a\\b", "<b>b</b>", "&lt;", "x<br>y"]
NAMES += ["a|b", "*a* _b_", "`a``b", "[a](b)", "{{ a }}", "constructor", "1", "20-1-1"]
TARGETS = np.arange(len(NAMES))


def dataset_of(shape: tuple[int, ...], columns=()) -> Dataset:
    features = np.random.default_rng(0).integers(256, size=(len(NAMES), *shape))
    part = Part(features.astype(np.uint8 if len(shape) > 1 else float), TARGETS)
    return Dataset(part, part, NAMES, list(columns))


def pictures():
    space = dataset_of((3,), ["$x_1$", "_y", "z^_$$"])
    plane = dataset_of((5,), NAMES[:5])
    grey, colour = map(dataset_of, [(1, 8, 6), (3, 8, 6)])
    wrong = TARGETS[::-1]
    return {
        "a split": lambda: draw_splits("m", space),
        "points in space": lambda: draw_predicted_points("m", space, wrong),
        "points in a plane": lambda: draw_predicted_points("m", plane, wrong),
        "grey images": lambda: draw_predicted_images("m", grey, wrong),
        "images in colour": lambda: draw_predicted_images("m", colour, wrong),
    }


@pytest.mark.parametrize("picture", pictures().values(), ids=pictures())
def test_a_picture_has_every_name_letter_by_letter(picture, tmp_path):
    with warnings.catch_warnings(action="error"):
        figure = picture()
        write_figure(tmp_path / "picture.png", figure)
    texts = figure.findobj(Text)
    lines = {line for t in texts for line in t.get_text().split("\n")}
    assert lines >= set(NAMES)
    assert not any(t.get_parse_math() for t in texts)


def picture_of(words: str) -> Text:
    """Return the text of a picture that says some words."""
    figure = Figure()
    shown = figure.text(0, 0, words)
    text.as_written(figure).savefig("/dev/null", format="png")
    return shown


STIX = "\u1d81"  # Matplotlib's own font lacks this letter; another that comes with it has it


def test_a_letter_comes_from_another_font_only_if_matplotlibs_own_lacks_it():
    usual = Text().get_fontfamily()
    assert picture_of("plain, é, Ж, العربية").get_fontfamily() == usual
    with warnings.catch_warnings(action="error"):
        shown = picture_of(f"a{STIX}")
    assert shown.get_text() == f"a{STIX}"
    first, other = shown.get_fontfamily()
    assert [first] == usual
    assert STIX in text.letters([other])


def test_a_font_that_is_newer_than_matplotlibs_list_is_found(monkeypatch):
    old = [entry for entry in fontManager.ttflist if entry.name == "DejaVu Sans"]
    monkeypatch.setattr(fontManager, "ttflist", old)
    assert [*text.fonts_with({STIX}).values()] == [{STIX}]


def test_letters_that_no_font_has_are_boxes_and_one_line_of_the_log_names_them(
    monkeypatch, caplog
):
    monkeypatch.setattr(text, "fonts_with", lambda wanted: {})
    with warnings.catch_warnings(action="error"), caplog.at_level(logging.WARNING):
        assert picture_of("鞋 a\x07\udce9帽").get_text() == "□ a□□□"
    (record,) = caplog.records
    assert "has '\\x07帽鞋\\udce9', drawn as □" in record.getMessage()
    assert "fonts-noto-cjk" in record.getMessage()


@pytest.mark.parametrize(
    ("name", "drawn"),
    [("Ankle boot", "Ankle boot"), ("tab\tand\nline", "tab and line")]
    + [("a long name, number one", "a long …er one"), ("x" * 500, "xxxxxxx…xxxxxx")],
)
def test_a_long_name_is_drawn_without_its_middle_and_on_one_line(name, drawn):
    assert text.shortened(name) == drawn


def charts():
    points, wrong = dataset_of((3,)).test.features, NAMES[::-1]
    rows = [{"actual": a, "predicted": b} for a, b in zip(NAMES, wrong)]
    return [
        scene(points, NAMES[5:8], NAMES, wrong, NAMES),
        scene(points[:, :2], ["x", "y"], NAMES, wrong, NAMES),
        confusion(rows, NAMES),
    ]


@pytest.mark.parametrize("chart", charts(), ids=["space", "plane", "confusion"])
def test_plotly_finds_no_tag_and_no_entity_in_a_name(chart):
    chart.update_traces(hovertemplate=None)  # has tags of ours
    written = json.dumps(as_json(chart), ensure_ascii=False)
    assert "<" in written and "&" in written
    assert not re.search("[<&][^\u200b]", written)


PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<div class="chart" id="chart-0"></div><div class="chart" id="chart-1"></div>
<script>{{ plotly }}</script>
<script id="words" type="application/json">{{ words|as_script }}</script>
<script id="data" type="application/json">{{ data|as_script }}</script>
<script>{% include "scripts/charts.js" %}
data.forEach((chart, i) => show(i, translated(chart)));</script>
<p>{{ data|length }}"""


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt install chromium")
def test_a_browser_shows_every_name_letter_by_letter_and_a_number_as_a_name(tmp_path):
    plotly = (files("plotly") / "package_data/plotly.min.js").read_text("utf-8")
    _, plane, matrix = map(as_json, charts())
    content = {"data": [plane, matrix], "words": WORDS, "plotly": Markup(plotly)}
    path = tmp_path / "page.html"
    path.write_text(TEMPLATES.from_string(PAGE).render(content), encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        legend, ticks = (
            [t.replace("\u200b", "") for t in page.locator(css).all_text_contents()]
            for css in ("#chart-0 .legendtext", "#chart-1 .xtick text")
        )
    assert legend[: len(NAMES)] == NAMES
    assert ticks == NAMES


def test_json_within_a_page_ends_no_script_and_opens_none():
    names = ["</script>", "<!--<script>", "a & b"]
    assert "<" not in as_script(names)
    assert json.loads(as_script(names)) == names


def test_a_name_that_is_a_sentence_of_the_page_is_shown_as_it_is():
    name = next(words for words in WORDS if "{}" in words)
    assert named(name).count("{}") == name.count("{}") + WORDS[name].count("{}")


def test_a_card_has_every_name_letter_by_letter(tmp_path):
    train = {"train_loss": 0.5, "train_acc": 0.75, "batches": 12}
    test = {"accuracy": 0.625, "loss": 0.875, "macro_f1": 0.5, "rows": 10}
    accuracies = np.linspace(0, 1, len(NAMES)).tolist()
    test["per_class_accuracy"] = list(zip(NAMES, accuracies))
    data = "data/own/*a*: #_b_ | <c>"
    write_card(tmp_path, "m", blocks()["mlp"], 7, data, train, test)
    _, front, body = (tmp_path / "README.md").read_text().split("---\n", 2)
    assert f"name: '{data}'" in front
    html = MarkdownIt("commonmark").enable("table").render(body)
    codes = [Markup(code).unescape() for code in re.findall("<code>(.*?)</code>", html)]
    assert codes.count(data) == 2
    in_table = codes[codes.index(NAMES[0]) :][: len(NAMES)]
    assert in_table == NAMES
    assert codes[-2:] == [NAMES[-1], NAMES[0]]  # best at, worst at
