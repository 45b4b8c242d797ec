"""The page's exercises: their files, and their checks in JavaScript, run by node."""

import re

import pytest

from byhand.pages.chapters import FOLDER as CHAPTERS
from byhand.pages.exercises import (
    FOLDER,
    after_training,
    for_the_script,
    read_exercises,
)
from byhand.pages.results import Results, read_metrics, read_plots
from byhand.pipeline.errors import UserError
from tests.node import in_node, needs_node
from tests.project import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")
# the texts that a reader may see
TEXTS = ("question", "hint", "solution", "wrong", "choices")
EXERCISE = """\
"1.1":
  kind: choice
  question: {en: Which one, zh: 哪个}
  choices: [{en: this, zh: 这个}, {en: that, zh: 那个}]
  answer: {{ right }}
  wrong: {2: {en: No., zh: 不。}}
  hint: {en: Look., zh: 看。}
  solution: {en: This., zh: 这个。}
"""


@pytest.fixture(scope="module")
def exercises():
    """All exercises by number, with the figures of the committed results."""
    metrics = read_metrics(ROOT / "metrics")
    results = Results({}, {}, read_plots(ROOT / "plots"), metrics, 0)
    train_rows, *_ = metrics["fashion_mnist"]["train"]["shape"]
    figures = {
        "fashion": {"train_rows": train_rows},
        "titanic": {"honest": metrics["titanic"]},
        "after_training": after_training(results),
    }
    found = read_exercises(figures)
    return {n: e for of_chapter in found.values() for n, e in of_chapter.items()}


def checked_in_node(exercises, answers):
    """Return what the page says of each pair of an exercise's number and an answer."""
    return in_node(
        ["exercises.js"],
        "return given.answers.map(([number, answer]) => checks"
        "[given.exercises[number].kind](given.exercises[number], `${answer}`));",
        {"exercises": for_the_script({"": exercises}), "answers": answers},
    )


def right_answer(exercise):
    return exercise.mended if exercise.kind == "code" else exercise.answer


def test_every_chapter_has_three_exercises_and_no_kind_alone():
    chapters = {path.stem for path in CHAPTERS.glob("en/*.md")} - {"10-terms"}
    assert {path.stem for path in FOLDER.glob("*.yaml")} == chapters


def test_exercises_are_numbered_by_chapter_and_mixed(exercises):
    assert [*exercises] == [f"{c}.{i}" for c in range(1, 10) for i in (1, 2, 3)]
    kinds = {c: {exercises[f"{c}.{i}"].kind for i in (1, 2, 3)} for c in range(1, 10)}
    assert min(map(len, kinds.values())) >= 2
    assert all("code" in kinds[chapter] for chapter in (1, 4, 6, 7))


def test_every_text_stands_in_both_languages(exercises):
    for number, exercise in exercises.items():
        for key in TEXTS:
            texts = getattr(exercise, key, {})
            texts = texts.values() if isinstance(texts, dict) else texts
            for text in texts if key in ("wrong", "choices") else [texts]:
                assert not CHINESE.search(text.en), number
                in_chinese = CHINESE.search(text.zh) or not re.search("[a-z]", text.en)
                assert in_chinese, (number, text.en)


@needs_node
def test_every_right_answer_is_taken(exercises):
    answers = [(number, right_answer(e)) for number, e in exercises.items()]
    for (number, _), check in zip(answers, checked_in_node(exercises, answers)):
        assert check["isRight"], (number, check)


@needs_node
def test_every_wrong_answer_is_refused_with_what_is_said_about_it(exercises):
    answers = [
        (number, wrong) for number, e in exercises.items() if e.kind != "code"
        for wrong in e.wrong
    ]  # fmt: skip
    for (number, wrong), check in zip(answers, checked_in_node(exercises, answers)):
        said = exercises[number].wrong[wrong].model_dump()
        assert check == {"isRight": False, "says": said}, number


@needs_node
def test_any_other_answer_is_refused(exercises):
    answers = []
    for number, exercise in exercises.items():
        if exercise.kind == "code":
            answers += [(number, exercise.code), (number, "gradient = "), (number, "")]
        elif exercise.kind == "number":
            others = exercise.answer + 12345, -exercise.answer, "", "many", "1/0"
            answers += [(number, other) for other in others]
        else:
            lines = exercise.choices if exercise.kind == "choice" else exercise.code
            lines = lines if isinstance(lines, list) else lines.splitlines()
            others = {*range(1, len(lines) + 1)} - {exercise.answer}
            answers += [(number, other) for other in ["", *others]]
    for answer, check in zip(answers, checked_in_node(exercises, answers)):
        assert not check["isRight"], answer


@needs_node
@pytest.mark.parametrize(
    ("code", "says"),
    [
        (None, r"^At w = \[.*\], v = \[.*\], x = .*, t = .*: gradient\[\d\] is .* is 0\.$"),
        ("function gradient() { return 1; }", "returns 1. It must return 3 numbers"),
        ("function gradient() {}", "returns undefined. It must return 3 numbers"),
        ("function gradient() { return [NaN, 0, 0]; }", r"gradient\[0\] is NaN"),
        ("function gradient(", "^JavaScript says: SyntaxError"),
        ("const slope = 1;", "^JavaScript says: ReferenceError: gradient is not"),
    ],
)  # fmt: skip
def test_the_first_disagreement_is_said_in_numbers(exercises, code, says):
    code = code or exercises["6.2"].code
    (check,) = checked_in_node(exercises, [("6.2", code)])
    assert not check["isRight"]
    assert re.search(says, check["says"]["en"])


@needs_node
def test_a_number_may_be_written_as_people_write_it():
    numbers = {
        "0.25": 0.25, " -.5 ": -0.5, "−0,561": -0.561, "1/4": 0.25, "６.8 %": 0.068,
        "60,000": 60000, "1e-5": 1e-5, "8/118": 8 / 118,
        "": None, "a": None, "1/": None, "1/2/3": None, "2 or 3": None,
    }  # fmt: skip
    found = in_node(["exercises.js"], "return given.map(numberIn);", [*numbers])
    assert found == [n if n is None else pytest.approx(n) for n in numbers.values()]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("zh: 哪个}", "fr: Lequel}"), "1.1.question.fr is not a known key"),
        ((", zh: 那个", ""), "1.1.choices.1.zh is missing"),
        (("zh: 看。", "zh: ''"), "1.1.hint.zh "),
        (("{{ right }}", "3"), "1.1.answer must be <= 2, got 3"),
        (("{{ right }}", "2"), "1.1.wrong.2 is no wrong choice"),
        (("kind: choice", "kind: riddle"), "1.1.kind must be "),
        (("kind: choice", "kind: ["), "is not valid YAML"),
    ],
)
def test_a_mistake_in_a_file_is_said_in_one_sentence(tmp_path, change, says):
    path = tmp_path / "1-lines.yaml"
    path.write_text(EXERCISE, encoding="utf-8")
    found = read_exercises({"right": 1}, tmp_path)
    assert found["lines"]["1.1"].question.en == "<p>Which one</p>\n"
    path.write_text(EXERCISE.replace(*change), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(says)) as error:
        read_exercises({"right": 1}, tmp_path)
    assert str(error.value).startswith("1-lines.yaml")
