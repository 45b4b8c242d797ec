"""A project of one's own, by `python -m tools new`: made, run, and free of this one's subjects."""

import os
import re
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from byhand.pipeline.runner import TAKE_BACK
from byhand.project.lock import normal, part_of_lock
from tests.project import ENVIRONMENT, ROOT, run
from tools.new import NEW, text

WORDS = r"books?|chapters?|tutorials?|h2o|hugging|transformers|trainers?|make seeds"
FORBIDDEN = re.compile(
    rf"\b({WORDS})\b|fashion|titanic|kaggle|手写|\bstudies\b", re.IGNORECASE
)
# made of parts of a file here
DERIVED = {"Makefile", "dvc.yaml", "params.yaml", "pyproject.toml", "requirements.txt"}
DERIVED |= {"byhand/pipeline/preloaded.py", "data/iris/train.csv", "data/iris/test.csv"}
NAMES = {
    f"GIT_{who}_{what}": "me@here"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}
LOCK = (ROOT / "requirements.txt").read_text()


def make(folder: Path, **variables: str) -> str:
    """Begin a project in a folder; return what this prints."""
    environment = ENVIRONMENT | NAMES | variables
    command = (sys.executable, "-m", "tools", "new", str(folder))
    return run(ROOT, *command, env=environment).stdout


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    """A new project, which finds the packages of this one in its .venv."""
    folder = tmp_path_factory.mktemp("projects") / "mine"
    make(folder)
    (folder / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        (folder / ".venv" / path.name).symlink_to(path)
    (folder / ".venv/installed").unlink(missing_ok=True)
    (folder / ".venv/installed").touch()
    return folder


def files(folder: Path) -> list[str]:
    return run(folder, "git", "ls-files").stdout.splitlines()


def test_it_is_committed_and_begins_with_no_history(mine):
    assert run(mine, "git", "status", "--porcelain").stdout == ""
    assert run(mine, "git", "rev-list", "--count", "HEAD").stdout == "1\n"
    assert (mine / "README.md").read_text().startswith("# mine\n")


def test_no_word_of_this_projects_subjects_is_in_it(mine):
    for name in files(mine):
        found = FORBIDDEN.search(f"{name}\n{(mine / name).read_text('utf-8')}")
        assert not found, (name, found)


def test_each_file_follows_from_one_here(mine):
    new = {p.relative_to(NEW).as_posix() for p in NEW.rglob("*") if p.is_file()}
    for name in files(mine):
        if name in {*new, *DERIVED} or re.fullmatch(r"requirements/\w+\.in", name):
            continue
        assert (mine / name).read_text("utf-8") == text(name)


def test_the_lock_has_all_that_its_packages_need_and_nothing_else(mine):
    ours, part = (
        set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
        for lock in (LOCK, (mine / "requirements.txt").read_text())
    )
    assert part < ours
    assert not part & {"h2o", "transformers", "datasets", "playwright", "torchvision"}
    assert {"torch", "dvc", "pytest", "scikit-learn", "plotly"} <= part
    for package in part:
        try:
            needed = [Requirement(line) for line in requires(package) or []]
        except PackageNotFoundError:  # for another system
            continue
        for one in needed:
            if not one.marker or one.marker.evaluate({"extra": ""}):
                assert normal(one.name) in part, (package, one)


def test_a_lock_of_all_requirements_is_the_lock():
    paths = ROOT.glob("requirements/*.in")
    all_of_them = {f"requirements/{path.name}": path.read_text() for path in paths}
    assert part_of_lock(LOCK, all_of_them) == LOCK


def test_its_two_commands_run_and_an_experiment_is_taken_back(mine):
    assert "Running stage 'report'" in run(mine, "make", "repro").stdout
    assert (mine / "report/index.html").exists()
    status = run(mine, "git", "status", "--porcelain").stdout
    assert status == "?? dvc.lock\n?? metrics/\n?? plots/\n"
    run(mine, "git", "add", "--all")
    run(mine, "git", "commit", "-qm", "First results", env=ENVIRONMENT | NAMES)

    said = run(mine, "dvc", "exp", "run", "-S", "train.lr=0.05").stdout
    assert "Running stage 'train@mlp_iris_torch'" in said
    assert "Running stage 'train@logistic_iris_sklearn'" not in said
    assert (
        "metrics/test/mlp_iris_torch.json" in run(mine, "dvc", "metrics", "diff").stdout
    )
    run(mine, "make", "compare")
    assert "train.lr" in (mine / "report/experiments.html").read_text("utf-8")
    take_back = TAKE_BACK.replace(" studies/dvc.lock", "")
    assert take_back in (mine / "README.md").read_text()
    run(mine, "sh", "-ec", take_back)
    assert run(mine, "git", "status", "--porcelain").stdout == ""

    # the others are this project's, and run here
    few = "test_metrics or test_every_model"
    run(mine, "make", "test", env=ENVIRONMENT | {"PYTEST_ADDOPTS": f"-k '{few}'"})
    run(mine, "make", "lint")


def test_a_model_of_it_predicts(mine):
    flowers = "data/iris/test.csv"
    command = (sys.executable, "-m", "tools", "predict", "mlp_iris_torch", flowers)
    assert "virginica" in run(mine, *command).stdout


def test_a_folder_that_has_something_and_one_inside_this_project_are_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").touch()
    for folder, reason in [
        (tmp_path / "mine", "is there already, expected a new or an empty folder"),
        (tmp_path / "mine/thesis.txt", "is there already, expected a new or"),
        ("mine", "lies inside this project, expected a folder beside it: ../mine"),
        ("", "'' lies inside this project"),
    ]:
        command = (sys.executable, "-m", "tools", "new", str(folder))
        result = run(ROOT, *command, check=False)
        assert result.returncode == 1
        assert reason in result.stderr
        assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.txt"]


def test_who_has_told_git_no_name_commits_later(tmp_path):
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    nobody |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly"}
    nobody |= {"GIT_CONFIG_VALUE_0": "true", **dict.fromkeys(NAMES, "")}
    (tmp_path / "mine").mkdir()
    assert 'git commit -m "Begin"' in make(tmp_path / "mine", **nobody)
    assert "A  README.md" in run(tmp_path / "mine", "git", "status", "--short").stdout
