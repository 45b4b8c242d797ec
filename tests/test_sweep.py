"""`make sweep`: tries are DVC's experiments, on one machine and on two."""

import re
import subprocess
import sys

import pytest

from tests.project import ENVIRONMENT, ROOT, run

pytest.importorskip("optuna", reason="make .venv/sweep-installed installs it")

PATHS = {"PYTHONPATH": str(ROOT)}
# stands in for training: the best is at lr 0.1
VALIDATE = """
import json, math, pathlib, yaml
block = yaml.safe_load(open("params.yaml"))["models"]["mlp_fashion_scratch"]
pathlib.Path("metrics/validation").mkdir(parents=True, exist_ok=True)
accuracy = 1 - abs(math.log10(block["lr"]) + 1) / 10 - abs(block["hidden"][0] - 99) / 1e6
with open("metrics/validation/mlp_fashion_scratch.json", "w") as file:
    json.dump({"accuracy": accuracy}, file)
"""
PIPELINE = """
stages:
  validate:
    foreach: [mlp_fashion_scratch]
    do:
      wdir: ..
      cmd: python validate.py
      params: [models.mlp_fashion_scratch]
      metrics: [metrics/validation/mlp_fashion_scratch.json: {cache: false}]
"""
PARAMS = "models:\n  mlp_fashion_scratch:\n    hidden: [256]\n    lr: 0.05\n"


@pytest.fixture
def project(tmp_path):
    """A pipeline of one stage, committed."""
    folder = tmp_path / "project"
    (folder / "studies").mkdir(parents=True)
    (folder / "validate.py").write_text(VALIDATE)
    (folder / "studies/dvc.yaml").write_text(PIPELINE)
    (folder / "params.yaml").write_text(PARAMS)
    (folder / ".gitignore").write_text("/report/\n")
    (folder / "plots/history").mkdir(parents=True)
    (folder / "plots/history/other.csv").write_text("epoch,train_loss\n1,0.5\n")
    run(folder, "git", "init", "-q", "-b", "main")
    name_oneself(folder)
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "repro", "-q", "studies/dvc.yaml")
    # as it is in ours: the block itself has no lr
    (folder / "params.yaml").write_text(PARAMS.replace("    lr: 0.05\n", ""))
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "all")
    return folder


def name_oneself(folder):
    run(folder, "git", "config", "user.name", "tester")
    run(folder, "git", "config", "user.email", "tester@localhost")


def sweep(folder, within=(), check=True, **variables):
    environment = ENVIRONMENT | PATHS | variables
    command = [*within, sys.executable, "-m", "tools", "sweep"]
    return run(folder, *command, check=check, env=environment)


def experiments(folder) -> list[str]:
    return sorted(run(folder, "dvc", "exp", "list", "--name-only").stdout.split())


# a line of the log: an experiment, and what it came to
TRY = re.compile(r"(sweep-\d+), {'lr': \S+, 'hidden': \d+}: (0\.\d{4})")


def test_two_workers_try_settings_and_the_page_shows_them(project):
    result = sweep(project, TRIALS="8", WORKERS="2")
    tries = dict(TRY.findall(result.stderr))
    assert experiments(project) == sorted(tries)
    assert len(tries) == 8
    (best,) = re.findall(r"dvc exp apply (\S+)", result.stdout)
    assert tries[best] == max(tries.values())
    run(project, sys.executable, "-m", "tools", "compare", env=ENVIRONMENT | PATHS)
    page = (project / "report/experiments.html").read_text()
    assert all(f'"{name}"' in page for name in tries)
    assert "mlp_fashion_scratch: validation accuracy" in page

    again = sweep(project, TRIALS="1", WORKERS="1")  # goes on with the same study
    assert [name for name, _ in TRY.findall(again.stderr)] == ["sweep-8"]


def test_a_block_that_has_a_learning_rate_gets_another(project):
    (project / "params.yaml").write_text(PARAMS)
    run(project, "git", "commit", "-qam", "with lr")
    assert TRY.findall(sweep(project, TRIALS="1", WORKERS="1").stderr)


def test_where_a_try_fails_the_search_ends_and_says_why(project):
    (project / "validate.py").write_text("raise SystemExit('no')")
    run(project, "git", "commit", "-qam", "broken")
    result = sweep(project, check=False, TRIALS="2", WORKERS="1")
    assert result.returncode == 1
    assert re.search(r"sweep: error: dvc .* exp run --temp .* failed: ", result.stderr)
    assert "Traceback" not in result.stderr
    assert experiments(project) == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"TRIALS": "ten"}, "TRIALS must be a whole number from 1 to 10000, got 'ten'"),
        ({"WORKERS": "0"}, "WORKERS must be a whole number from 1 to 1000, got '0'"),
        ({"SWEEP_STORAGE": "grpc://somewhere"}, "got 'grpc://somewhere': "),
        (
            {"SWEEP_STORAGE": "study"},
            "must be a URL that Optuna can use, .* got 'study'",
        ),
        ({"SWEEP_STORAGE": "oracle://me:hidden@host/x"}, "got 'oracle://host/x': "),
    ],
)
def test_what_can_not_be_is_refused(project, variables, message):
    result = sweep(project, check=False, **variables)
    assert result.returncode == 1
    assert re.search(f"^sweep: error: .*{message}", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr
    assert "hidden" not in result.stderr


def test_changes_that_no_commit_has_are_refused(project):
    (project / "params.yaml").write_text(PARAMS)
    result = sweep(project, check=False)
    assert "sweep: error: a search starts from a commit" in result.stderr


PROXY = """
import sys, optuna
storage = optuna.storages.RDBStorage("sqlite:///study.db")
optuna.storages.run_grpc_proxy_server(storage, host=sys.argv[1], port=13000)
"""


def test_no_proxy_of_the_environment_stands_before_a_study_on_this_machine(
    project, tmp_path
):
    command = [sys.executable, "-c", PROXY, "127.0.0.1"]
    with subprocess.Popen(command, cwd=tmp_path) as process:
        try:
            result = sweep(
                project,
                SWEEP_STORAGE="grpc://127.0.0.1:13000",
                http_proxy="http://127.0.0.1:9",
                TRIALS="1",
                WORKERS="1",
            )
        finally:
            process.kill()
    assert TRY.findall(result.stderr)


def test_two_machines_share_a_study_and_a_git_repository(project, tmp_path, namespaces):
    hub, other = tmp_path / "hub.git", tmp_path / "other"
    run(tmp_path, "git", "clone", "-q", "--bare", str(project), str(hub))
    run(project, "git", "remote", "add", "origin", str(hub))
    run(tmp_path, "git", "clone", "-q", str(hub), str(other))
    name_oneself(other)
    first, second = namespaces
    variables = {
        "SWEEP_STORAGE": f"grpc://{first.address}:13000",
        "SWEEP_PUSH": "origin",
        "TRIALS": "4",
        "WORKERS": "1",
    }
    started = [
        subprocess.Popen(
            [*first.within, sys.executable, "-c", PROXY, first.address], cwd=tmp_path
        )
    ]
    try:
        for end, folder in ((first, project), (second, other)):
            command = [*end.within, sys.executable, "-m", "tools", "sweep"]
            environment = ENVIRONMENT | PATHS | variables
            started.append(subprocess.Popen(command, cwd=folder, env=environment))
        assert [worker.wait(timeout=180) for worker in started[1:]] == [0, 0]
    finally:
        for process in started:
            process.kill()
            process.wait()
    here, there = experiments(project), experiments(other)
    assert not set(here) & set(there)  # each try was one machine's
    run(project, "dvc", "exp", "pull", "--no-cache", "-A", "origin")
    assert experiments(project) == sorted([*here, *there])
