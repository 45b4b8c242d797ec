"""`make sweep`: tries are DVC's experiments, on one machine and on two."""

import re
import subprocess
import sys
import time

import pytest

from tests.project import ENVIRONMENT, ROOT, run

pytest.importorskip("optuna", reason="make .venv/sweep-installed installs it")

# stands in for training: the best is at lr 0.1, and long steps diverge
VALIDATE = """
import json, math, pathlib, sys, yaml
block = yaml.safe_load(open("params.yaml"))["models"]["mlp_fashion_scratch"]
if block["lr"] > 0.5:
    sys.exit("training diverged")
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
    (folder / "seeds").mkdir(parents=True)
    (folder / "validate.py").write_text(VALIDATE)
    (folder / "seeds/dvc.yaml").write_text(PIPELINE)
    (folder / "params.yaml").write_text(PARAMS)
    (folder / ".gitignore").write_text("/report/\n")
    (folder / "plots/history").mkdir(parents=True)
    (folder / "plots/history/other.csv").write_text("epoch,train_loss\n1,0.5\n")
    run(folder, "git", "init", "-q", "-b", "main")
    name_oneself(folder)
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "repro", "-q", "seeds/dvc.yaml")
    # as it is in ours: the block itself has no lr
    (folder / "params.yaml").write_text(PARAMS.replace("    lr: 0.05\n", ""))
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "all")
    return folder


def name_oneself(folder):
    run(folder, "git", "config", "user.name", "tester")
    run(folder, "git", "config", "user.email", "tester@localhost")


def stage(folder, *words, within=(), check=True, **variables):
    environment = ENVIRONMENT | {"PYTHONPATH": str(ROOT)} | variables
    command = [*within, sys.executable, "-m", "stages", *words]
    return run(folder, *command, check=check, env=environment)


def experiments(folder) -> list[str]:
    return sorted(run(folder, "dvc", "exp", "list", "--name-only").stdout.split())


def test_two_workers_try_settings_and_the_page_shows_them(project):
    result = stage(project, "sweep", "8", "2")
    diverged = len(re.findall(r"Trial \d+ pruned", result.stderr))
    done = experiments(project)
    assert len(done) == 8 - diverged
    best, last = re.search(
        r"(sweep-\d+) is the best of (\d+), with .*: (0\.\d{4}) of", result.stdout
    ).group(1, 2)
    assert int(last) == len(done)
    assert best in done
    stage(project, "compare")
    page = (project / "report/experiments.html").read_text()
    assert all(f'"{name}"' in page for name in done)
    assert "mlp_fashion_scratch: validation accuracy" in page

    again = stage(project, "sweep", "1", "1")  # goes on with the same study
    assert f"of {len(experiments(project))}, with" in again.stdout


def test_where_every_try_fails_it_says_so(project):
    (project / "validate.py").write_text("raise SystemExit('no')")
    result = stage(project, "sweep", "2", "1", check=False)
    assert result.returncode == 1
    assert "sweep@2@1: error: no try came to an end" in result.stderr


def test_a_storage_that_is_none_is_refused(project):
    url = "grpc://somewhere"
    result = stage(project, "sweep", "1", "1", check=False, SWEEP_STORAGE=url)
    assert f"must be a URL, like grpc://HOST:PORT, got {url!r}" in result.stderr


PROXY = """
import sys, optuna
storage = optuna.storages.RDBStorage("sqlite:///study.db")
optuna.storages.run_grpc_proxy_server(storage, host=sys.argv[1], port=13000)
"""


def test_two_machines_share_a_study_and_a_git_repository(project, tmp_path, namespaces):
    hub, other = tmp_path / "hub.git", tmp_path / "other"
    run(tmp_path, "git", "clone", "-q", "--bare", str(project), str(hub))
    run(project, "git", "remote", "add", "origin", str(hub))
    run(tmp_path, "git", "clone", "-q", str(hub), str(other))
    name_oneself(other)
    first, second = namespaces
    proxy = subprocess.Popen(
        [*first.within, sys.executable, "-c", PROXY, first.address], cwd=tmp_path
    )
    variables = {
        "SWEEP_STORAGE": f"grpc://{first.address}:13000",
        "SWEEP_PUSH": "origin",
    }
    try:
        time.sleep(3)
        workers = [
            subprocess.Popen(
                [*end.within, sys.executable, "-m", "stages", "sweep", "4", "1"],
                cwd=folder,
                env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)} | variables,
            )
            for end, folder in ((first, project), (second, other))
        ]
        assert [worker.wait() for worker in workers] == [0, 0]
    finally:
        proxy.kill()
        proxy.wait()
    here, there = experiments(project), experiments(other)
    assert not set(here) & set(there)  # each try was one machine's
    run(project, "dvc", "exp", "pull", "--no-cache", "-A", "origin")
    assert experiments(project) == sorted([*here, *there])
