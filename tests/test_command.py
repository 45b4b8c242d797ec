"""How a stage is run, and how it fails: in a sentence where the user can mend it."""

import subprocess
import sys

import pytest

from tests.project import ROOT


def run(*words):
    """Run a stage of this project."""
    return subprocess.run(
        [sys.executable, "-m", "stages", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def stage(tmp_path):
    """Run a stage whose main is made of these lines."""

    def stage(code, *arguments, parameters=""):
        package = tmp_path / "stages"
        if not package.exists():
            package.mkdir()
            for name in ("stages/__init__.py", "stages/__main__.py", "byhand"):
                (tmp_path / name).symlink_to(ROOT / name)
        (package / "mine.py").write_text(
            f"import logging\ndef main({parameters}):\n    {code}\n"
        )
        return subprocess.run(
            [sys.executable, "-m", "stages", "mine", *arguments],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )

    return stage


def test_the_words_of_the_command_line_are_the_arguments_of_main(stage):
    result = stage("logging.info('got %s', name)", "xor", parameters="name")
    assert (result.returncode, result.stderr) == (0, "mine@xor: got xor\n")


def test_any_number_of_words_and_options_are_what_the_signature_says(stage):
    code = "logging.info('%s %s %s', one, others, top)"
    parameters = "one, *others, top: int = 3"
    words = ("a", "b", "--top", "2", "c")
    result = stage(code, *words, parameters=parameters)
    assert result.stderr == "mine@a: a ('b', 'c') 2\n"
    wrong = stage(code, "a", "--top", "two", parameters=parameters)
    assert wrong.returncode == 2
    assert "argument --top: invalid int value: 'two'" in wrong.stderr


def test_an_option_has_the_choices_of_its_literal(stage):
    code = "from typing import Literal"
    parameters = "*, form: __import__('typing').Literal['csv', 'json'] = 'csv'"
    wrong = stage(code, "--form", "xml", parameters=parameters)
    assert "argument --form: invalid choice: 'xml'" in wrong.stderr
    assert stage(code, "--form", "json", parameters=parameters).returncode == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "the following arguments are required: NAME"),
        (("nosuch",), "invalid choice: 'nosuch' (choose from 'autograd', 'check'"),
        (("report.py",), "invalid choice: 'report.py'"),
        (("train",), "stages train: error: the following arguments are required: NAME"),
        (("check", "twice"), "stages check: error: unrecognized arguments: twice"),
    ],
)
def test_a_wrong_command_line_is_refused_with_what_there_is(words, complaint):
    result = run(*words)
    assert result.returncode == 2
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


def test_what_the_user_can_mend_is_one_sentence(stage):
    result = stage(
        "from byhand.pipeline.errors import UserError; raise UserError('no')"
    )
    assert (result.returncode, result.stderr) == (1, "mine: error: no\n")
    result = stage("open('nosuch.csv')")
    expected = "mine: error: nosuch.csv: No such file or directory\n"
    assert (result.returncode, result.stderr) == (1, expected)


def test_a_bug_keeps_its_traceback(stage):
    assert "Traceback" in stage("1 / 0").stderr


def test_a_missing_package_keeps_it_too_and_the_python_is_named(stage):
    result = stage("import nosuch.package")
    assert "Traceback" in result.stderr
    assert "No module named 'nosuch'" in result.stderr
    assert f"{sys.executable} runs this: is .venv activated?" in result.stderr
