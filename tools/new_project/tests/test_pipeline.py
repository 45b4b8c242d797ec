"""What a user does, by DVC's real command line, on a copy of this project."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.commands import ROOT, commit, copy_into, run

MODELS = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))["models"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy that has run the pipeline, and committed the results."""
    folder = tmp_path_factory.mktemp("project")
    copy_into(folder)
    run(folder, "dvc", "repro")
    commit(folder)
    return folder


@pytest.fixture
def untouched(project):
    """The project, put back as it was when the test is over."""
    yield project
    run(project, "git", "reset", "-q", "--hard")
    run(project, "dvc", "checkout", "-q", "--force")


def test_every_model_is_measured_and_on_a_page_that_needs_no_network(project):
    page = (project / "report/index.html").read_text("utf-8")
    for name in MODELS:
        metrics = json.loads((project / f"metrics/test/{name}.json").read_text())
        assert 0 <= metrics["accuracy"] <= 1
        assert f'<section id="{name}">' in page
        assert f'"confusion-{name}"' in page
    assert not re.search(r"""<(?:script|link|img)[^>]*(?:src|href)=["']?http""", page)


def test_nothing_runs_when_nothing_changed(project):
    assert "up to date" in run(project, "dvc", "repro").stdout
    assert run(project, "git", "status", "--porcelain").stdout == ""


def test_an_experiment_runs_what_reads_the_parameter(untouched):
    said = run(untouched, "dvc", "exp", "run", "-S", "train.lr=0.05").stdout
    ran = set(re.findall(r"Running stage 'train@(\w+)'", said))
    assert ran == {name for name in MODELS if MODELS[name]["recipe"] == "train"}
    changed = json.loads(run(untouched, "dvc", "params", "diff", "--json").stdout)
    assert changed["params.yaml"]["train.lr"]["new"] == 0.05


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("train.lr=-1", "params.yaml: train.lr must be > 0, got -1"),
        ("+train.dropout=1", "params.yaml: train.dropout is not a known key"),
        (
            f"models.{next(iter(MODELS))}.data=data/nowhere",
            "data must be a folder that is there or that a stage makes",
        ),
    ],
)
def test_a_wrong_setting_is_refused_before_an_output_is_gone(
    untouched, setting, sentence
):
    result = run(untouched, "dvc", "exp", "run", "-S", setting, check=False)
    assert result.returncode != 0
    assert sentence in result.stderr
    for name in MODELS:
        assert (untouched / f"models/{name}.safetensors").exists()
