"""What users do, by DVC's real command line, on clones of this project.

The clones run the stages of the samples, which need no download.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from byhand.pipeline.runner import TAKE_BACK
from tests.project import AFTER_A_KILL, ENVIRONMENT, ROOT, Project, run

GRADIENT_TRAINED = {
    "softmax_clusters_scratch",
    "softmax_xor_scratch",
    "softmax_fashion_torch",
    "mlp_fashion_scratch",
    "mlp_xor_scratch",
    "mlp_fashion_torch",
    "softmax_fashion_autograd",
    "mlp_xor_autograd",
    "mlp_fashion_trainer",
}


def stages_run(output: str) -> set[str]:
    return {
        line.split("'")[1]
        for line in output.splitlines()
        if line.startswith("Running stage")
    }


PIPELINE = ["evaluate@mlp_xor_scratch", "evaluate@logistic_clusters_sklearn"]
MODELS = ["mlp_xor_scratch", "logistic_clusters_sklearn"]
STAGES = [
    "check",
    *(
        f"{step}@{name}"
        for step in ("generate", "split")
        for name in ("clusters", "xor")
    ),
    *(f"{step}@{name}" for step in ("train", "evaluate") for name in MODELS),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A clone that has run the XOR perceptron and scikit-learn's model, and committed."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.dvc("repro", *PIPELINE)
    project.commit()
    return project


@pytest.fixture
def untouched(project):
    """The project, put back as it was when the test is over."""
    yield project
    run(project.folder, "git", "reset", "-q", "--hard")
    results = ("data", "models", "metrics", "plots")
    run(project.folder, "git", "clean", "-qfdx", *results)
    project.dvc("checkout", "-q", "--force", *STAGES)


def test_another_clone_gives_the_same_bytes(project, tmp_path):
    other = Project(tmp_path)
    other.dvc("repro", "evaluate@mlp_xor_scratch")
    stages = [stage for stage in STAGES if not re.search("clusters|sklearn", stage)]
    assert len(stages) == 5
    assert other.locked(*stages) == project.locked(*stages)


def test_params_yaml_is_laid_out_as_dvc_writes_it(untouched):
    """So an experiment changes its lines alone, and back again it is the file it was."""
    path = untouched.folder / "params.yaml"
    before = path.read_text()
    for lr in ("0.07", "0.1"):
        untouched.dvc("exp", "run", "-S", f"train.lr={lr}", "check")
        changed = set(path.read_text().splitlines()) - set(before.splitlines())
        assert len(changed) == (lr == "0.07")


def test_nothing_runs_when_nothing_changed(project):
    output = project.dvc("repro", *PIPELINE)
    assert stages_run(output) == set()
    assert "up to date" in output


AUTOML = {"titanic_automl@holdout", "titanic_automl@full"}


@pytest.mark.parametrize(
    ("old", "new", "readers"),
    [
        ("lr: 0.1 ", "lr: 0.05 ", {f"train@{model}" for model in GRADIENT_TRAINED}),
        ("max_models: 12 ", "max_models: 5 ", {*AUTOML, "titanic_leaky"}),
        (
            "features: engineered ",
            "features: raw ",
            {*AUTOML, "titanic_features", "titanic_evaluate", "submission"},
        ),
    ],
)
def test_a_parameter_belongs_to_the_stages_that_read_it(untouched, old, new, readers):
    untouched.change(old, new)
    status = json.loads(untouched.dvc("status", "--json"))
    changed = {
        stage
        for stage, changes in status.items()
        for change in changes
        if isinstance(change, dict) and "params.yaml" in change.get("changed deps", {})
        if not stage.startswith("studies/")  # beside the pipeline
    }
    # it reads params.yaml as a whole
    assert changed == {*readers, "check"}


def test_an_experiment_runs_what_reads_the_parameter_and_metrics_differ(untouched):
    output = untouched.dvc("exp", "run", "-S", "train.lr=0.05", *PIPELINE)
    trained = {"train@mlp_xor_scratch", "evaluate@mlp_xor_scratch"}
    assert stages_run(output) == {"check", *trained}

    diff = json.loads(untouched.dvc("metrics", "diff", "--json"))
    assert set(diff) == {
        "metrics/train/mlp_xor_scratch.json",
        "metrics/test/mlp_xor_scratch.json",
    }
    params = json.loads(untouched.dvc("params", "diff", "--json"))
    assert params["params.yaml"]["train.lr"]["new"] == 0.05

    table = csv.DictReader(untouched.dvc("exp", "show", "--csv").splitlines())
    assert "0.05" in {row["train.lr"] for row in table}


def test_what_was_run_once_is_restored_and_not_run_again(untouched):
    before = untouched.outputs()
    for lr in ("0.05", "0.1", "0.05"):
        output = untouched.dvc("exp", "run", "-S", f"train.lr={lr}", *PIPELINE)
        if lr == "0.1":
            assert stages_run(output) == set()
            assert untouched.outputs() == before
    assert stages_run(output) == set()
    assert untouched.outputs() != before


def test_a_history_has_both_revisions_whichever_stage_was_asked_for(untouched):
    setting = ("-S", "train.lr=0.05")
    untouched.dvc("exp", "run", *setting, "evaluate@mlp_xor_scratch")
    target = ("--targets", "plots/history/mlp_xor_scratch.csv", "--show-vega")
    points = json.loads(untouched.dvc("plots", "diff", "HEAD", *target))["data"][
        "values"
    ]
    losses = {
        rev: [p["train_loss"] for p in points if p["rev"] == rev]
        for rev in ("HEAD", "workspace")
    }
    assert len(losses["HEAD"]) == len(losses["workspace"]) == 10
    assert losses["HEAD"] != losses["workspace"]


OF_OTHERS = (
    "autograd",
    "download",
    "preview",
    "generate",
    "split",
    "titanic",
    "submission",
)


def test_a_comment_in_the_schema_of_models_is_nothing_to_samples_or_titanic(untouched):
    path = untouched.folder / "byhand/training/blocks.py"
    path.write_text(f"{path.read_text()}# a comment\n")
    stale = {
        stage
        for stage, changes in json.loads(untouched.dvc("status", "--json")).items()
        if any("byhand/training" in str(change) for change in changes)
    }
    assert "train@mlp_xor_scratch" in stale
    assert not [stage for stage in stale if stage.startswith(OF_OTHERS)]


def test_six_lines_of_the_readme_train_a_network_in_a_plain_prompt(project):
    readme = (project.folder / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(
        r"```python\n(from byhand\.datasets.*?)```", readme, re.DOTALL
    )
    assert len([line for line in lines.splitlines() if line]) == 6
    result = subprocess.run(
        [sys.executable, "-i"],
        input=lines,
        cwd=project.folder,
        text=True,
        capture_output=True,
        check=True,
    )
    assert "Error" not in result.stderr
    assert "MLP(3 → 128 → 8)" in result.stdout
    epochs = re.findall(r"test_acc=([\d.]+)", result.stdout)
    assert len(epochs) == 10
    assert float(epochs[-1]) > 0.7


def test_hidden_sizes_can_be_set_from_the_command_line(untouched):
    untouched.dvc(
        *("exp", "run", "-S", "models.mlp_xor_scratch.hidden=[16,8]"),
        *("-S", "train.epochs=1", "train@mlp_xor_scratch"),
    )
    assert untouched.json("metrics/train/mlp_xor_scratch.json")["batches"] == 258


def test_a_new_model_is_a_new_block_and_nothing_else(untouched):
    path = untouched.folder / "params.yaml"
    path.write_text(
        path.read_text()
        + """
  mlp_clusters_torch:
    kind: mlp
    how: torch
    data: data/split/clusters
    recipe: train
    hidden: [32, 16]
    batch_size: 64
    dtype: float32
    shuffle: true
    drop_last: false
    init_std: 0.1
    lr: 0.2
    epochs: 2
"""
    )
    untouched.dvc("repro", "evaluate@mlp_clusters_torch")
    assert untouched.json("metrics/train/mlp_clusters_torch.json")["batches"] == 2 * 81
    assert untouched.json("metrics/test/mlp_clusters_torch.json")["rows"] == 1294
    history = untouched.folder / "plots/history/mlp_clusters_torch.csv"
    assert history.read_text().startswith("epoch,train_loss,train_acc,test_acc\n1,")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("train.lr=-1", "params.yaml: train.lr must be > 0, got -1"),
        (
            "+train.dropout=1",
            "params.yaml: train.dropout is not a known key",
        ),
        (
            "models.mlp_xor_scratch.batch_size=9000",
            "models.mlp_xor_scratch.batch_size must be at most the 8274 training rows",
        ),
        (
            "models.mlp_xor_scratch.data=data/split/xro",
            "models.mlp_xor_scratch.data must be a folder that is there or that a stage",
        ),
    ],
)
def test_a_setting_that_is_refused_costs_no_output(untouched, setting, sentence):
    before = results(untouched)
    result = untouched.attempt("exp", "run", "-S", setting, "evaluate@mlp_xor_scratch")
    assert result.returncode != 0
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert results(untouched) == before


def results(project) -> dict[str, bytes]:
    """Return the outputs but for those of check itself."""
    of_check = ("data/checked_params.txt", "data/params.json")
    return {k: v for k, v in project.outputs().items() if not k.endswith(of_check)}


@pytest.fixture
def edited(untouched):
    """The project, with an edit that is staged and one that is not."""
    for name in ("README.md", "stages/report.py"):
        with (untouched.folder / name).open("a", encoding="utf-8") as file:
            file.write("# an edit\n")
    run(untouched.folder, "git", "add", "README.md")
    return untouched


def changed_files(project) -> set[str]:
    return set(run(project.folder, "git", "diff", "--name-only", "HEAD").stdout.split())


def test_a_stage_that_fails_says_what_brings_back_all_but_other_edits(edited):
    before = edited.outputs()
    setting = ("-S", "train.lr=1e12")
    result = edited.attempt("exp", "run", *setting, "evaluate@mlp_xor_scratch")
    assert result.returncode != 0
    reason = "error: training diverged: the loss of epoch 1 is nan"
    assert f"train@mlp_xor_scratch: {reason}" in result.stderr
    assert (
        f"train@mlp_xor_scratch: back to the last commit: {TAKE_BACK}\n"
        in result.stderr
    )
    assert edited.outputs() != before
    edited.take_back()  # what was never computed here, DVC says, is missing
    assert before.items() <= edited.outputs().items()
    assert changed_files(edited) == {"README.md", "stages/report.py"}


def test_a_killed_experiment_is_taken_back_but_for_other_edits(edited):
    before = edited.outputs()
    experiment = subprocess.Popen(
        [*("dvc", "exp", "run", "-S", "train.epochs=300000"), "train@mlp_xor_scratch"],
        cwd=edited.folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in experiment.stdout:
        if line.startswith("Running stage 'train@"):
            break
    time.sleep(2)
    os.killpg(experiment.pid, signal.SIGKILL)
    experiment.communicate()
    assert experiment.returncode != 0
    assert edited.outputs() != before
    edited.take_back(AFTER_A_KILL)
    assert before.items() <= edited.outputs().items()
    assert changed_files(edited) == {"README.md", "stages/report.py"}
    assert run(edited.folder, "git", "branch", "--show-current").stdout == "main\n"
    left = run(edited.folder, "git", "for-each-ref", "refs/exps/exec").stdout
    assert "EXEC_BASELINE" not in left


def test_in_a_folder_of_its_own_an_experiment_does_not_name_this_one(untouched):
    setting = ("--temp", "-S", "train.lr=1e12")
    result = untouched.attempt("exp", "run", *setting, "train@mlp_xor_scratch")
    assert "error: training diverged" in result.stderr
    assert TAKE_BACK not in result.stderr


def test_every_page_names_the_same_commands_to_take_a_run_back():
    pages = run(ROOT, "git", "ls-files", "*.md", "*.j2").stdout.splitlines()
    # a new project has no studies, and a test of its own: test_new.py
    pages = [page for page in pages if not page.startswith("tools/new_project/")]
    naming = [page for page in pages if "git restore -SW" in (ROOT / page).read_text()]
    assert {"README.md", "README.zh-CN.md", "docs/robustness.md"} < set(naming)
    for page in pages:
        text = (ROOT / page).read_text("utf-8").replace("&amp;", "&")
        assert text.count("git restore -SW") == text.count(TAKE_BACK), page
        assert "git restore . " not in text, page


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEVICE", "abacus", "DEVICE must be cpu or cuda, got 'abacus'\n"),
        ("DEVICE", "meta", "DEVICE must be cpu or cuda, got 'meta'\n"),
        ("DEVICE", "cuda:99", "DEVICE=cuda:99 can't be used here: "),
        ("THREADS", "0", "THREADS must be a whole number from 1 to 1024, got '0'\n"),
        (
            "THREADS",
            "two",
            "THREADS must be a whole number from 1 to 1024, got 'two'\n",
        ),
    ],
)
def test_a_machine_that_is_not_there_is_refused(
    untouched, monkeypatch, name, value, reason
):
    monkeypatch.setitem(ENVIRONMENT, name, value)
    result = untouched.attempt(
        "repro", "--force", "--single-item", "train@mlp_xor_scratch"
    )
    assert result.returncode != 0
    assert "train@mlp_xor_scratch: error: " in result.stderr
    assert reason in result.stderr
    assert "Traceback" not in result.stderr


def test_plots_show_every_chart(project):
    project.dvc("plots", "show", "--out", "page")
    page = (project.folder / "page/index.html").read_text()
    assert "its gradient 4x" in page
    for model in GRADIENT_TRAINED:
        assert f"{model}: loss and accuracies of every epoch" in page
    for model in [*GRADIENT_TRAINED, "logistic_clusters_sklearn"]:
        assert f"{model}: actual against predicted" in page
    for model in MODELS:  # not in git: those that this clone has measured
        assert f"plots/images/predictions/{model}.png" in page
    for image in ("fashion_mnist", "clusters", "xor"):
        assert f"plots/images/{image}.png" in page
