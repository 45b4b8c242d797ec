"""docs/own.md, followed to the letter: its code blocks, in a clone, in their order."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.project import ENVIRONMENT, ROOT, Project, run

GUIDE = (ROOT / "docs/own.md").read_text(encoding="utf-8")
PLACE = re.compile(r"# (\S+?)(?:, under (\w+))?\n")  # a block's first line
# a model's last train loss in every way, with longer and shorter gradients allowed
EVERY_WAY = """
import json
from byhand.training.blocks import load_model_and_data
from byhand.training.start import start
block, dataset = load_model_and_data("mlp_iris_scratch", 0)
losses = {}
for how in ("scratch", "autograd", "torch", "trainer"):
    for max_norm in (0.0, 1e-3, 1e9):
        cut = block.model_copy(update={"how": how, "max_norm": max_norm, "epochs": 2})
        losses.setdefault(max_norm, []).append(start(cut, dataset, 0)[1]().train_loss)
print(json.dumps(list(losses.values())))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A clone in which all of the guide's files were written and its commands run."""
    project = Project(tmp_path_factory.mktemp("project"))
    for language, block in re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL):
        if block.startswith("make sweep"):
            continue  # a test below does it; make would install
        if language == "sh":
            run(project.folder, "sh", "-ec", block)
        elif place := PLACE.match(block):
            path, key = place.groups()
            write(project.folder / path, key, block[place.end() :])
    return project


def write(path: Path, key: str | None, text: str) -> None:
    """Write a file, or add the text under a key of a YAML file."""
    if key:
        before, found, after = re.split(
            rf"^({key}:.*\n)", path.read_text(), flags=re.MULTILINE
        )
        text = f"{before}{found}{text}{after}"
    path.write_text(text)


def test_the_data_set_is_one_of_irises(project):
    metrics = project.json("metrics/test/mlp_iris_scratch.json")
    classes = [name for name, _ in metrics["per_class_accuracy"]]
    assert classes == ["setosa", "versicolor", "virginica"]
    assert metrics["rows"] == 50


def test_the_kind_learns(project):
    project.dvc("repro", "evaluate@tanh_iris_torch")
    assert project.json("metrics/test/tanh_iris_torch.json")["accuracy"] > 0.8


def test_the_option_does_the_same_in_every_way(project):
    printed = run(project.folder, "python", "-c", EVERY_WAY).stdout
    without, short, long = json.loads(printed)
    for losses in (without, short, long):
        assert losses == pytest.approx([losses[0]] * len(losses), rel=1e-6)
    assert long == without
    assert short[0] > 1.1 * without[0]  # shorter steps learn less in the same time


def test_the_stage_and_the_set_of_samples_are_there(project):
    project.dvc("repro", "label_counts@hard")
    counts = project.json("metrics/labels/hard.json")
    assert 0 < counts["fewest"] <= counts["most"]


def test_the_search_finds_settings_and_the_command_that_uses_them(project):
    pytest.importorskip("optuna")
    (words,) = re.findall(r"make sweep (MODEL=mlp_iris_scratch .*)", GUIDE)
    said = dict(word.split("=", 1) for word in shlex.split(words))
    for what in ("name", "email"):
        run(project.folder, "git", "config", f"user.{what}", "tester@localhost")
    project.commit()
    command = ("python", "-m", "tools", "sweep", said["MODEL"], *said["SEARCH"].split())
    result = run(project.folder, *command, env=ENVIRONMENT | {"TRIALS": "2"})
    *_, command = result.stdout.splitlines()
    run(project.folder, *shlex.split(command))
    trained = project.json("metrics/train/mlp_iris_scratch.json")
    assert "validation_acc" not in trained  # all rows train
    assert project.json("metrics/test/mlp_iris_scratch.json")["accuracy"] > 0.3


def test_each_block_was_used():
    """A block is a command, a file with a place, or the example for a Python prompt."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
    placed = [b for kind, b in blocks if kind != "sh" and PLACE.match(b)]
    commands = [b for kind, b in blocks if kind == "sh"]
    (prompt,) = (b for _, b in blocks if b not in placed and b not in commands)
    assert prompt.startswith("from byhand.autograd.engine import Tensor")
