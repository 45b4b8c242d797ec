"""What the report is made of: comparisons, mistakes, pictures of weights, charts."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from byhand.datasets.folder import Dataset, Part
from byhand.pages import book, models, samples
from byhand.pages.book import Spread, compare, compare_all
from byhand.pages.figures import COLOURS, confusion, deviations, scene
from byhand.pages.graph import WRITTEN, chapter, laid_out
from byhand.pages.results import Results, read_metrics, read_rows
from byhand.pages.words import WORDS
from byhand.pipeline.errors import UserError
from byhand.training.blocks import load_model
from byhand.training.start import start
from stages.autograd import graph
from stages.report import initial_layers
from tools.results import main as results

ROW = {
    "file": "metrics/train/m.json",
    "key": "train_loss",
    "figure": "train loss",
    "book": "0.9",
    "expected": "seeds",
}
SPREAD = Spread(24, 1.0, 0.1)


@pytest.mark.parametrize(
    ("expected", "printed", "ours", "is_right"),
    [
        ("seeds", "", 1.29, True),
        ("seeds", "0.9", 0.69, False),
        ("seeds", "0.69", 0.9, False),
        ("seeds", "0.9", None, False),
        ("same", "[0.0, 4.0]", [0.0, 4.0], True),
        ("same", "235", 234, False),
        ("same", "235", None, False),
        ("open", "0.69676", 0.5, None),
    ],
)
def test_a_figure_lies_among_the_seeds_or_is_the_same_or_not_judged(
    expected, printed, ours, is_right
):
    row = ROW | {"expected": expected, "book": printed}
    comparison = compare(row, {"train_loss": ours}, SPREAD)
    assert comparison.is_right is is_right
    assert comparison.subject == "m"
    if expected == "seeds":
        assert comparison.expected == "1.00 ± 0.10"


def test_without_seeds_a_figure_that_scatters_is_not_judged():
    assert compare(ROW, {"train_loss": 1.0}).is_right is None


@pytest.mark.parametrize(
    ("mean", "std", "words"),
    [(0.4475391, 0.0899156, "0.448 ± 0.090"), (5.78854, 0.14976, "5.79 ± 0.15")]
    + [(0.44711, 0.00041, "0.44711 ± 0.00041"), (2350, 0.0, "2350.00000 ± 0.00000")],
)
def test_a_spread_is_written_to_two_digits_of_its_deviation(mean, std, words):
    assert str(Spread(24, mean, std)) == words


@pytest.fixture
def printed(tmp_path, monkeypatch, capsys):
    """Print results under a locale: two figures of the book's, and a model of one's own."""
    shutil.copy("params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    for folder in ("data", "metrics/test"):
        Path(folder).mkdir(parents=True)
    Path("data/book_figures.csv").write_text(
        "file,key,figure,book,expected\n"
        "metrics/books.json,rows,test rows,3,same\n"
        "metrics/books.json,f1,F1,1.0,same\n"
    )
    Path("metrics/books.json").write_text('{"rows": 4, "f1": 1.0}')
    Path("metrics/test/mlp_xor_scratch.json").write_text('{"accuracy": 0.5, "rows": 9}')

    def printed(**locale):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.setenv(name, locale.get(name, ""))
        results()
        return capsys.readouterr().out.splitlines()

    return printed


def test_results_are_the_books_figures_and_those_of_ones_own_models(printed):
    _, wrong, right, own, _, count, why = printed(LANG="en_US.UTF-8")
    assert wrong.split() == ["books", "test", "rows", "3", "4", "=", "NO"]
    assert right.split() == ["books", "F1", "1.0", "1.00000", "=", "yes"]
    assert own.split() == ["mlp_xor_scratch", "test", "accuracy", "–", "0.50000"]
    assert count == "1 of the 2 figures that do not depend on chance equal the book’s."
    assert why == "The others are wrong only if params.yaml has the book’s settings."


def test_results_are_in_chinese_where_the_locale_is(printed):
    headings, wrong, right, own, _, count, why = printed(LANG="zh_CN.UTF-8")
    assert headings.split() == ["指标", "书", "我们", "预期", "书的偏离", "符合预期"]
    assert wrong.split() == ["books", "测试集样本数", "3", "4", "=", "否"]
    assert right.split() == ["books", "F1", "1.0", "1.00000", "=", "是"]
    assert own.split() == ["mlp_xor_scratch", "测试准确率", "–", "0.50000"]
    assert count == "没有随机性的 2 个结果里，1 个与书中相等。"
    assert why == "只有 params.yaml 与书中一致时，其余的才算错。"


@pytest.mark.parametrize(
    ("locale", "heading"),
    [
        ({}, "figure"),
        ({"LANG": "zh_TW.UTF-8"}, "指标"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "figure"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "指标"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "figure"),
    ],
)
def test_the_language_of_results_is_the_locales(printed, locale, heading):
    assert printed(**locale)[0].split()[0] == heading


@pytest.mark.parametrize(
    ("language", "heading"), [("en_US", "expected"), ("zh_CN", "预期")]
)
def test_columns_of_results_are_in_line_although_chinese_is_twice_as_wide(
    printed, language, heading
):
    as_wide_as_shown = [
        re.sub("[\u4e00-\u9fff]", r"\g<0>\g<0>", line)
        for line in printed(LANG=f"{language}.UTF-8")
    ]
    headings, wrong, right, *_ = as_wide_as_shown
    column = headings.index("".join(2 * c if c > "z" else c for c in heading))
    assert wrong.index("=") == right.index("=") == column


def test_every_figure_of_the_book_has_a_chinese_name_but_for_abbreviations():
    words = WORDS
    with open("data/book_figures.csv", newline="", encoding="utf-8") as file:
        figures = {row["figure"] for row in csv.DictReader(file)}
    assert figures - set(words) == {"F1", "AUC"}


@pytest.mark.parametrize(
    ("encoding", "sentences"),
    [
        ("gbk", ["验证集 R^2", "0.9469 ± 0.0022"]),
        (
            "ascii",
            ["validation R^2", "0.9469 +- 0.0022", "+0.6 sigma", "book's distance"],
        ),
    ],
)
def test_a_terminal_without_chinese_or_symbols_gets_english_and_ascii(
    encoding, sentences
):
    env = os.environ | {"LC_ALL": "zh_CN.GBK", "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "tools", "results"]
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    printed = done.stdout.decode(encoding)
    assert "?" not in printed
    for sentence in sentences:
        assert sentence in printed


def results_of(blocks=None, datasets=None, plots=None) -> Results:
    """Return results of some models, with no metrics."""
    metrics = {f"test/{model}": {} for model in blocks or {}}
    return Results(blocks or {}, datasets or {}, plots or {}, metrics, seed=3)


def test_the_books_figures_are_drawn_in_the_cloud_of_seeds():
    scattered = compare(ROW | {"book": ""}, {"train_loss": 1.2}, SPREAD)
    drawn = results_of(
        plots={"seeds/m": [{"train_loss": "0.9"}, {"train_loss": "1.2"}]}
    )
    _, charts = book.chapter(
        drawn, [scattered, compare(ROW | {"expected": "open"}, {})]
    )
    seeds, printed, ours = charts["book"].data
    assert printed.y == ours.y == ("m<br>train loss",)
    assert seeds.x == approx((-1.0, 2.0))
    assert printed.x == (None,)
    assert ours.x == approx((2.0,))
    assert charts["book"].layout.xaxis.range[1] > 3  # the whole band is in sight


def test_deviations_beyond_the_band_are_in_sight():
    figure = deviations(["m"], [[0.5]], {"ours": [-20.0]}, "σ")
    assert figure.layout.xaxis.range[0] < -20


def test_a_metrics_file_that_is_missing_counts_as_wrong_and_a_broken_one_is_named(
    tmp_path,
):
    figures = tmp_path / "figures.csv"
    header = "file,key,figure,book,expected"
    figures.write_text(f"{header}\nmetrics/m.json,rows,rows,3,same\n")
    (comparison,) = compare_all(read_rows(figures), read_metrics(tmp_path))
    assert (comparison.ours_in_words, comparison.is_right) == ("missing", False)
    metrics = tmp_path / "m.json"
    metrics.write_text('{"rows": 3')
    with pytest.raises(UserError, match=f"^{metrics} is not JSON"):
        read_metrics(tmp_path)


def test_a_scene_marks_each_wrong_point_once_in_the_colour_of_what_it_was_taken_for():
    points = np.arange(12.0).reshape(4, 3)
    figure = scene(
        points, "xyz", ["a", "a", "b", "b"], ["a", "b", "b", "b"], ["a", "b"]
    )
    sizes = {trace.name: len(trace.x) for trace in figure.data}
    assert sizes == {"a": 1, "b": 2, "wrong": 1}
    _, b, wrong = figure.data
    assert wrong.x[0] == points[1, 0]
    assert wrong.text == ("a → b",)
    assert wrong.marker.color == (b.marker.color,)
    assert wrong.marker.line.width > 0


def test_a_class_without_a_right_point_keeps_its_name_in_the_legend():
    figure = scene(np.zeros((2, 3)), "xyz", ["a", "b"], ["a", "a"], ["a", "b"])
    assert [trace.name for trace in figure.data] == ["a", "b", "wrong"]
    assert [trace.x for trace in figure.data] == [(0,), (None,), (0,)]


def test_a_scene_of_many_points_shows_evenly_spaced_ones():
    points = np.arange(30_000.0).reshape(10_000, 3)
    labels = ["a"] * len(points)
    (trace,) = scene(points, "xyz", labels, labels, ["a"]).data
    assert np.array_equal(trace.x, points[::4, 0])


@pytest.mark.parametrize("columns", [3, 4])
def test_points_of_ones_own_get_a_scene_of_their_labels_and_one_a_model(columns):
    part = Part(np.arange(2.0 * columns).reshape(2, columns), np.array([0, 1]))
    names = [f"f{i}" for i in range(columns)]
    block = load_model("mlp_xor_scratch").model_copy(update={"data": "mine"})
    drawn = results_of(
        {"m": block},
        {"mine": Dataset(part, part, ["setosa", "virginica"], names)},
        {"confusion/m": [{"predicted": "setosa"}, {"predicted": "setosa"}]},
    )
    content, charts = samples.chapter(drawn)
    in_space = columns == 3
    mine = {"folder": "mine", "features": columns, "in_space": in_space}
    assert content == {"sample_sets": [mine]}
    assert list(charts) == ["scene-mine", "scene-m"]
    wrong = charts["scene-m"].data[-1]
    assert wrong.text == ("virginica → setosa",)
    assert wrong.type == ("scatter3d" if in_space else "scatter")
    layout = charts["scene-m"].layout
    assert (layout.scene if in_space else layout).xaxis.title.text == (
        "f0" if in_space else "principal component 1, 100% of the variance"
    )


def test_a_share_of_many_seeds_is_said_in_percent():
    assert Spread(24, 0.4482, 0.0899).in_percent == "44.8 ± 9.0\u00a0%"


def test_a_new_model_leaves_the_colours_of_the_others_and_a_twin_is_not_drawn():
    history = [{"epoch": "1", "train_loss": "2", "train_acc": "0.5", "test_acc": "0.5"}]
    block = load_model("mlp_xor_scratch").model_copy(update={"data": "mine"})
    changes = {
        "without_epochs": {"hidden": [3]},
        "old": {},
        "twin": {"how": "torch"},
        "a_new": {"hidden": [5]},
    }
    blocks = {m: block.model_copy(update=change) for m, change in changes.items()}
    part = Part(np.zeros((1, 3)), np.array([0]))
    plots = {f"history/{m}": history if m != "without_epochs" else [] for m in blocks}
    plots |= {f"confusion/{m}": [{"actual": "a", "predicted": "a"}] for m in blocks}
    datasets = {"mine": Dataset(part, part, ["a"], ["x", "y", "z"])}
    content, charts = models.chapter(results_of(blocks, datasets, plots))
    assert content["models"] == {
        "mine": [["without_epochs"], ["old", "twin"], ["a_new"]]
    }
    old, new = charts["curves-train_loss-mine"].data
    # both are perceptrons: the kind's name would not tell them apart
    assert (old.name, old.line.color) == ("old", COLOURS[0])
    assert (new.name, new.line.color) == ("a_new", COLOURS[1])
    assert "confusion-a_new" in charts and "confusion-twin" not in charts


def test_the_page_trains_from_the_weights_that_the_pipeline_draws():
    block = load_model("mlp_xor_scratch")
    part = Part(np.zeros((40, 3)), np.arange(40) % 8)
    dataset = Dataset(part, part, list("01234567"), ["x", "y", "z"])
    model, _ = start(block, dataset, seed=3)
    results = results_of({"m": block}, {block.data: dataset})
    drawn = [array for layer in initial_layers("m", results) for array in layer]
    for (_, parameter), array in zip(model.named_parameters(), drawn, strict=True):
        assert np.array_equal(parameter.numpy(), array)


def test_of_twins_the_first_is_asked_for_its_mistakes():
    images = np.zeros((2, 1, 4, 4), np.uint8)
    part = Part(images, np.array([0, 1]))
    dataset = Dataset(part, part, ["a", "b"], None)
    names = ["softmax_fashion_torch", "softmax_fashion_autograd", "mlp_fashion_torch"]
    blocks = {name: load_model(name) for name in names}
    plots = {f"confusion/{m}": [{"predicted": "a"}, {"predicted": "a"}] for m in names}
    folder = blocks[names[0]].data
    (mistake,) = models.mistakes(results_of(blocks, {folder: dataset}, plots), folder)
    assert mistake["row"] == 1
    assert mistake["predicted"] == {names[0]: "a", names[2]: "a"}
    assert mistake["image"].startswith("data:image/png;base64,")


def test_a_confusion_has_shares_of_rows_and_classes_never_seen():
    pairs = [("a", "a"), ("a", "b"), ("b", "b")]
    rows = [{"actual": actual, "predicted": taken} for actual, taken in pairs]
    figure = confusion(rows, ["a", "b", "c"])
    assert figure.data[0].z.tolist() == [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 0]]


def test_the_graph_is_a_chain_with_what_else_goes_in_above_it():
    """((x / n) + b)²: its inputs come from the left, and from above."""
    nodes = [
        ("bias 1", "", [], [1.0], [14.0]),
        ("x", "", [], 3.0, 28.0),
        ("", "×", [1], 6.0, 14.0),
        ("", "+", [2, 0], [7.0], [14.0]),
        ("", "@", [3, 3], 49.0, 1.0),
    ]
    keys = ["name", "operation", "inputs", "value", "gradient"]
    drawn = laid_out([dict(zip(keys, node, strict=True)) for node in nodes])
    assert [(node.formula, node.place, node.phone_place) for node in drawn] == [
        ("x", (1, 2), (3, 1)),
        ("x × 1/n", (2, 2), (3, 2)),
        ("b₁", (3, 1), (2, 3)),
        ("v1 + b₁", (3, 2), (3, 3)),
        ("v2 @ v2", (4, 2), (3, 4)),
    ]
    assert [node.inputs for node in drawn] == [[], [0], [], [1, 2], [3, 3]]
    assert drawn[2].value == [[1.0]] and drawn[-1].name == "loss"


def test_the_page_knows_every_operation_of_chapter_1_and_shows_each_once():
    nodes = laid_out(graph())
    assert len({node.name for node in nodes}) == len(nodes) == len(graph())
    assert {node.operation for node in nodes} == set(WRITTEN) - {"log-softmax"}
    assert len({node.place for node in nodes}) == len(nodes)
    assert len({node.phone_place for node in nodes}) == len(nodes)


def test_log_softmax_is_what_is_between_the_scores_and_the_choice_of_a_class():
    drawn = chapter(graph())
    nodes, inside = drawn["nodes"], [n["is_inside"] for n in drawn["nodes"]]
    assert [n["operation"] for n in nodes if n["is_inside"]] == [
        *("- largest", "exp", "sum", "log", "-", "+")
    ]
    first = inside.index(True)
    assert (drawn["logits"], drawn["folded"]["inputs"]) == (first - 1, [first - 1])
    assert nodes[first - 1]["formula"] == "v6 + b₂"
    assert drawn["chosen"] == 1  # the second class
