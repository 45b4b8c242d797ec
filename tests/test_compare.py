"""`make compare`: DVC's experiments on a page, of a small project with real experiments."""

import sys

import pytest

from tests.browser import CHROMIUM, chromium
from tests.project import ENVIRONMENT, ROOT, run
from tools.compare import differing, experiments, flat, metrics

TRAIN = """
import json, pathlib, sys, yaml
lr = yaml.safe_load(open("params.yaml"))["train"]["lr"]
for folder in ("metrics/test", "plots/history"):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
json.dump({"accuracy": 1 - lr}, open("metrics/test/net.json", "w"))
rows = [f"{epoch},{lr / epoch},0.5,{1 - lr}" for epoch in (1, 2, 3)]
header = "epoch,train_loss,train_acc,test_acc"
open("plots/history/net.csv", "w").write("\\n".join([header, *rows]) + "\\n")
"""
PIPELINE = """
stages:
  train:
    cmd: python train.py
    params: [train]
    metrics: [metrics/test/net.json: {cache: false}]
    plots: [plots/history/net.csv: {cache: false}]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A pipeline of one stage, committed."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "train.py").write_text(TRAIN)
    (folder / "dvc.yaml").write_text(PIPELINE)
    (folder / "params.yaml").write_text("train:\n  lr: 0.1\n  name: plain\n")
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "git", "config", "user.name", "tester")
    run(folder, "git", "config", "user.email", "tester@localhost")
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "repro", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "all")
    return folder


@pytest.fixture
def copied(project, tmp_path):
    """The same pipeline, without experiments."""
    run(tmp_path, "git", "clone", "-q", project, "copy")
    for key, value in (("name", "tester"), ("email", "tester@localhost")):
        run(tmp_path / "copy", "git", "config", f"user.{key}", value)
    return tmp_path / "copy"


def compare(folder, check=True):
    env = ENVIRONMENT | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tools", "compare"]
    return run(folder, *command, check=check, env=env)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_experiments_stand_side_by_side_the_best_on_top(project):
    refused = compare(project, check=False)
    assert refused.returncode == 1
    assert "has no experiments yet; dvc exp run -S" in refused.stderr
    assert not (project / "report").exists()
    for name, lr in (("<b>half", 0.05), ("double", 0.2)):
        run(project, "dvc", "exp", "run", "-q", "-n", name, "-S", f"train.lr={lr}")
    compare(project)
    first = (project / "report/experiments.html").read_bytes()
    compare(project)
    assert (project / "report/experiments.html").read_bytes() == first
    with chromium() as browser:
        page = browser.new_page()
        problems, asked = [], []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: m.type == "error" and problems.append(m.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((project / "report/experiments.html").as_uri())
        assert rows(page) == [
            ["<b>half", "0.95", "0.05"],
            ["main", "0.9", "0.1"],
            ["double", "0.8", "0.2"],
        ]
        drawn = "document.getElementById('chart-{}')._fullData.length"
        assert page.evaluate(drawn.format("curves")) == 3
        names = page.locator("#chart-curves .legendtext").all_text_contents()
        assert "<b>half" in [name.replace("\u200b", "") for name in names]
        page.get_by_label("double").uncheck()
        assert page.evaluate(drawn.format("curves")) == 2
        for chart in ("parallel", "scatter"):
            assert page.evaluate(drawn.format(chart)) == 1
        assert problems == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def rows(page):
    return [
        [cell.strip() for cell in row.locator("td").all_inner_texts()]
        for row in page.locator("#rows tr").all()
    ]


def test_metrics_are_named_as_a_reader_would():
    files = {
        "metrics/test/m.json": {"data": {"accuracy": 0.5, "per_class": [1], "rows": 9}},
        "metrics/train/m.json": {
            "data": {"train_acc": 0.25, "validation_acc": 0.75, "batches": 8}
        },
        "metrics/titanic.json": {"data": {"log_loss": 0.125}},
        "metrics/broken.json": {"error": {"type": "YAMLFileCorruptedError"}},
    }
    assert metrics(files) == {
        "m: test accuracy": 0.5,
        "m: test rows": 9,
        "m: train accuracy": 0.25,
        "m: validation accuracy": 0.75,
        "m: train batches": 8,
        "titanic: log loss": 0.125,
    }


def test_params_are_named_by_their_place_and_only_what_differs_is_kept():
    assert flat({"a": {"b": [1], "c": None}, "d": 2}) == {
        "a.b": [1],
        "a.c": None,
        "d": 2,
    }
    assert differing([{"a": [1], "b": 1}, {"a": [2], "b": 1, "c": 0}]) == ["a", "c"]


def test_what_failed_runs_or_waits_is_left_out(monkeypatch):
    monkeypatch.setattr("tools.compare.curves", lambda rev: {})
    done = {
        "params": {"params.yaml": {"data": {"seed": 0}}},
        "metrics": {"metrics/test/m.json": {"data": {"accuracy": 1.0}}},
    }
    commit = {"rev": "c" * 40, "name": "main", "data": done}
    commit["experiments"] = [
        {"executor": executor, "revs": [{"rev": rev * 40, "name": name, "data": data}]}
        for rev, name, executor, data in [
            ("a", None, None, done),
            ("b", "from the queue", {"state": "success"}, done),
            ("c", "failed", {"state": "failed"}, None),
            ("d", "waits", {"state": "queued"}, done),
            ("e", "runs", {"state": "running"}, done),
        ]
    ]
    found = experiments([{"rev": "workspace"}, commit])
    assert [e.name for e in found] == ["main", "aaaaaaa", "from the queue"]


def test_experiments_are_found_whatever_a_killed_one_and_the_queue_leave(copied):
    """DVC lists those of EXEC_BASELINE, which only the next run in the workspace removes."""
    run(copied, "git", "update-ref", "refs/exps/exec/EXEC_BASELINE", "HEAD")
    run(copied, "git", "commit", "-qm", "another", "--allow-empty")
    lr = ("-S", "train.lr=0.05")
    run(copied, "dvc", "exp", "run", "-q", "--temp", "-n", "half", *lr)
    run(copied, "dvc", "exp", "run", "-q", "--queue", "-n", "waits", *lr)
    assert "half" not in run(copied, "dvc", "exp", "list").stdout
    compare(copied)
    page = (copied / "report/experiments.html").read_text()
    assert '"half"' in page
    assert '"waits"' not in page
