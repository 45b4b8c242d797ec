"""`make sweep`: tries are DVC's experiments, on one machine and on two."""

import re
import signal
import subprocess
import sys
import time

import pytest

from byhand.pipeline.errors import UserError
from tests.project import ENVIRONMENT, ROOT, processes_in, run

pytest.importorskip("optuna", reason="make .venv/sweep-installed installs it")
from tools.sweep import prepared

PATHS = {"PYTHONPATH": str(ROOT)}
MODEL = "mlp_fashion_scratch"
SEARCH = (MODEL, "lr=0.01..1", "hidden=32..512")
# stands in for training: the best is at lr 0.1
TRAIN = """
import json, math, pathlib, time, yaml
block = yaml.safe_load(open("params.yaml"))["models"]["mlp_fashion_scratch"]
assert block["validation_fraction"] == 0.2
accuracy = 1 - abs(math.log10(block["lr"]) + 1) / 10 - abs(block["hidden"][0] - 99) / 1e6
ROWS = [(epoch, accuracy) for epoch in range(1, 11)]

def write_history(rows):
    path = pathlib.Path("plots/history/mlp_fashion_scratch.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_text("\\n".join(
        ["epoch,validation_acc", *(f"{epoch},{acc}" for epoch, acc in rows), ""]
    ))
    path.with_suffix(".part").replace(path)

# here
write_history(ROWS)
pathlib.Path("metrics/train").mkdir(parents=True, exist_ok=True)
with open("metrics/train/mlp_fashion_scratch.json", "w") as file:
    json.dump({"validation_acc": ROWS[-1][1]}, file)
"""
PIPELINE = """
stages:
  train:
    foreach: [mlp_fashion_scratch]
    do:
      cmd: python train.py
      deps: [data]
      params: [models.mlp_fashion_scratch]
      metrics: [metrics/train/mlp_fashion_scratch.json: {cache: false}]
      plots: [plots/history/mlp_fashion_scratch.csv: {cache: false}]
"""
PARAMS = """
seed: 0
train: {lr: 0.1, epochs: 10, momentum: 0.0, schedule: constant, weight_decay: 0.0,
        patience: 0, validation_fraction: 0.0}
models:
  mlp_fashion_scratch:
    {kind: mlp, how: scratch, data: data, recipe: train, hidden: [256], batch_size: 8,
     dtype: float32, shuffle: true, drop_last: false, init_std: 0.01}
"""
POINTS = "x,y,label\n" + "".join(f"{n},{n % 7},{n % 3}\n" for n in range(20))


@pytest.fixture
def project(tmp_path):
    """A pipeline of one stage, committed."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    for part in ("train", "test"):
        (folder / f"data/{part}.csv").write_text(POINTS)
    (folder / "train.py").write_text(TRAIN)
    (folder / "dvc.yaml").write_text(PIPELINE)
    (folder / "params.yaml").write_text(PARAMS)
    (folder / ".gitignore").write_text("/report/\n")
    (folder / "plots/history").mkdir(parents=True)
    (folder / "plots/history/other.csv").write_text("epoch,train_loss\n1,0.5\n")
    run(folder, "git", "init", "-q", "-b", "main")
    name_oneself(folder)
    run(folder, "dvc", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "all")
    return folder


def name_oneself(folder):
    run(folder, "git", "config", "user.name", "tester")
    run(folder, "git", "config", "user.email", "tester@localhost")


def change_training(folder, code):
    """Let the stage run this before it writes what it found."""
    path = folder / "train.py"
    path.write_text(path.read_text().replace("# here", code))
    run(folder, "git", "commit", "-qam", "another training")


def sweep(folder, *words, check=True, **variables):
    command = [sys.executable, "-m", "tools", "sweep", *(words or SEARCH)]
    environment = ENVIRONMENT | PATHS | variables
    return run(folder, *command, check=check, env=environment)


def experiments(folder) -> list[str]:
    return sorted(run(folder, "dvc", "exp", "list", "--name-only").stdout.split())


# a line of the log: an experiment, and what it came to
TRY = re.compile(r"(sweep-\w{4}-\d+), lr \S+, hidden \[\d+\], \S+ 0.2: (0\.\d{4})")


def test_two_workers_try_settings_and_the_page_shows_them(project):
    result = sweep(project, TRIALS="4", WORKERS="2")
    tries = dict(TRY.findall(result.stderr))
    assert experiments(project) == sorted(tries)
    assert len(tries) == 4
    (best,) = re.findall(r"Best of 4 tries, .* (sweep\S+),", result.stdout)
    assert tries[best] == max(tries.values())
    run(project, sys.executable, "-m", "tools", "compare", env=ENVIRONMENT | PATHS)
    page = (project / "report/experiments.html").read_text()
    assert all(f'"{name}"' in page for name in tries)
    assert "mlp_fashion_scratch: validation accuracy" in page

    again = sweep(project, TRIALS="1", WORKERS="1")  # goes on with the same study
    assert "Best of 5 tries" in again.stdout
    other = sweep(project, MODEL, "lr=0.1,0.2", "hidden=99", WORKERS="1")
    # each choice once; no try of the other search is taken for one of this
    assert "Best of 2 tries" in other.stdout
    assert f"dvc exp run -S ++models.{MODEL}.lr=0.1 " in other.stdout
    assert len(experiments(project)) == 7


def test_a_try_below_the_median_ends_early_and_leaves_nothing_behind(project, tmp_path):
    """The accuracy of each try is below those before; from the sixth on, they last."""
    (tmp_path / "temporary").mkdir()
    change_training(
        project,
        f"""
with open({str(tmp_path / "count")!r}, "a+") as file:
    file.write("x")
    count = file.tell()
ROWS = [(epoch, 1 / count) for epoch in range(1, 11)]
if count > 5:
    write_history(ROWS[:3])
    time.sleep(300)
""",
    )
    variables = {"TMPDIR": str(tmp_path / "temporary"), "WORKERS": "1"}
    result = sweep(project, TRIALS="7", **variables)
    assert result.stderr.count("ended early, below the median at epoch 3") == 2
    assert "Best of 7 tries, of which 2 ended early: " in result.stdout
    assert len(experiments(project)) == 5
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_search_that_is_stopped_ends_its_tries_and_goes_on_later(project, tmp_path):
    (tmp_path / "temporary").mkdir()
    began = tmp_path / "began"
    code = f"if not pathlib.Path({str(began)!r}).exists():\n"
    code += f"    pathlib.Path({str(began)!r}).touch()\n    time.sleep(300)"
    change_training(project, code)
    variables = {"TMPDIR": str(tmp_path / "temporary"), "WORKERS": "2"}
    search = subprocess.Popen(
        [sys.executable, "-m", "tools", "sweep", *SEARCH],
        cwd=project,
        env=ENVIRONMENT | PATHS | variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not began.exists():
        time.sleep(0.1)
    search.send_signal(signal.SIGTERM)
    _, log = search.communicate(timeout=60)
    assert search.returncode == 1
    assert "error: stopped; the same command goes on with the search" in log
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert TRY.findall(sweep(project, TRIALS="1", **variables).stderr)


def test_a_try_that_diverges_is_a_bad_try_and_no_end_of_the_search(project):
    code = 'raise SystemExit("train@m: error: training diverged: lower the rate")'
    change_training(project, code)
    result = sweep(project, check=False, TRIALS="2", WORKERS="1")
    assert result.returncode == 1
    assert result.stderr.count("ended early, train@m: error: training diverged") == 2
    assert "error: all 2 tries diverged: lower the learning rate" in result.stderr


def test_where_a_try_fails_the_search_ends_and_says_why(project):
    change_training(project, 'raise SystemExit("train@m: error: no")')
    result = sweep(project, check=False, TRIALS="2", WORKERS="1")
    assert result.returncode == 1
    assert re.search(
        r"sweep@\w+: error: sweep-\w{4}-0 failed: train@m: error: no\n", result.stderr
    )
    assert "Traceback" not in result.stderr
    assert experiments(project) == []


def test_a_refused_setting_starts_nothing(project):
    result = sweep(project, MODEL, "lr=-1..1", check=False)
    assert result.returncode == 1
    reason = f"with lr=-1 .*: models.{MODEL}.lr must be > 0, got -1"
    assert re.search(f"^sweep@{MODEL}: error: {reason}\n", result.stderr, re.MULTILINE)
    assert not (project / ".dvc/tmp/sweep.db").exists()
    assert experiments(project) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            "lr=-1..1",
            "with lr=-1 .*: models.mlp_fashion_scratch.lr must be > 0, got -1",
        ),
        ("momentum=0,1.5", "models.mlp_fashion_scratch.momentum must be < 1, got 1.5"),
        (
            "hidden=16..1e5",
            "models.mlp_fashion_scratch.hidden.0 must be a valid integer, got 100000.0",
        ),
        ("rate=0.1..1", "models.mlp_fashion_scratch.rate is not a known key"),
        (
            "lr=[0.1..1]",
            r"models.mlp_fashion_scratch.lr must be a valid number, got \[0.1\]",
        ),
        (
            "batch_size=1..17",
            "batch_size must be at most the 16 training rows of data, got 17",
        ),
        ("data=data,elsewhere", "elsewhere must be in git or DVC: git add or dvc add"),
        (
            "lr=0.1..1 validation_fraction=0",
            "validation_fraction must be one number above 0",
        ),
    ],
)
def test_a_try_that_could_be_refused_is_refused_before_any_runs(
    project, monkeypatch, words, reason
):
    monkeypatch.chdir(project)
    with pytest.raises(UserError, match=reason):
        prepared(MODEL, tuple(words.split()))


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
        ({"SWEEP_STORAGE": "oracle://me:password@host/x"}, "got 'oracle://host/x': "),
    ],
)
def test_what_can_not_be_is_refused(project, variables, message):
    result = sweep(project, check=False, **variables)
    assert result.returncode == 1
    assert re.search(f"^sweep@{MODEL}: error: .*{message}", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr
    assert "password" not in result.stderr


def test_changes_that_no_commit_has_are_refused(project):
    (project / "params.yaml").write_text(PARAMS.replace("0.1", "0.2"))
    result = sweep(project, check=False)
    assert "error: a search starts from a commit" in result.stderr


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
        "TRIALS": "2",
        "WORKERS": "1",
    }
    started = [
        subprocess.Popen(
            [*first.within, sys.executable, "-c", PROXY, first.address], cwd=tmp_path
        )
    ]
    try:
        for end, folder in ((first, project), (second, other)):
            command = [*end.within, sys.executable, "-m", "tools", "sweep", *SEARCH]
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
