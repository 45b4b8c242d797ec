"""CI on a fork, a container to open the project in, and models that others get by name."""

import json
import re
import shutil

import pytest
import yaml

from tests.project import ROOT, run

TEXT = (ROOT / ".github/workflows/ci.yml").read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
DEFINITION = yaml.safe_load((ROOT / "dvc.yaml").read_text())
WHO = ("-c", "user.name=tester", "-c", "user.email=tester@localhost")
ADDRESS = "https://github.com/owner/project/raw/0123abc"


def test_actions_are_pinned_by_commit_and_say_their_version():
    used = re.findall(r"uses: (.*)", TEXT)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_the_workflow_runs_every_step_of_the_script_in_the_same_order():
    script = (ROOT / ".ci/run").read_text()
    steps = re.search(r"STEPS=\((.*)\)", script)[1].split()
    assert re.findall(r"run: \.ci/run (\S+)", TEXT) == steps
    for step in steps:
        assert f"\n{step}() {{\n" in script


def test_only_jobs_that_comment_or_publish_may_write_and_no_forks_request_runs_them():
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in JOBS.items()} == {
        "ci": None,
        "comment": {"pull-requests": "write"},
        "pages": {"pages": "write", "id-token": "write"},
    }
    assert "head.repo.full_name == github.repository" in JOBS["comment"]["if"]
    assert "event_name == 'push'" in JOBS["pages"]["if"]
    assert "token" not in json.dumps(JOBS["ci"])


def test_the_page_is_published_after_all_tests_of_a_push_to_main():
    on = yaml.safe_load(TEXT)[True]  # YAML takes the key `on` for a boolean
    assert on["push"] == {"branches": ["main"]}
    *_, tested, kept = JOBS["ci"]["steps"]
    assert tested["run"] == ".ci/run real-data"
    assert kept["with"] == {"path": "report"}
    assert kept["if"] == JOBS["pages"]["if"]
    assert JOBS["pages"]["needs"] == "ci"


@pytest.fixture
def project(tmp_path):
    """A project of DVC's that has a metric, and pictures once a test commits some."""
    folder = tmp_path / "project"
    for name in ("plots", ".ci"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / ".ci/comment", folder / ".ci")
    (folder / "dvc.yaml").write_text("metrics: [metrics/m.json]\n")
    run(folder, "git", "init", "-q")
    run(folder, "dvc", "init", "-q")
    return folder


def commit(folder, accuracy: float, **plots: str) -> None:
    (folder / "metrics").mkdir(exist_ok=True)
    (folder / "metrics/m.json").write_text(f'{{"accuracy": {accuracy}}}')
    for name, content in plots.items():
        (folder / f"plots/{name}.png").write_text(content)
    run(folder, "git", "add", "-A")
    run(folder, "git", *WHO, "commit", "-qm", "state")


def comment(folder, *arguments: str) -> list[str]:
    return run(folder, ".ci/comment", *arguments).stdout.splitlines()


def test_what_changed_is_said_and_its_pictures_have_an_address(project):
    commit(project, 0.5, same="a", drawn="a", gone="a")
    (project / "plots/gone.png").unlink()
    commit(project, 0.75, drawn="b", new="b")
    lines = comment(project, "HEAD~1", ADDRESS)
    assert "| metrics/m.json | accuracy | 0.5 | 0.75 | 0.25 |" in lines
    assert lines[-2:] == [
        f"![plots/{name}.png]({ADDRESS}/plots/{name}.png)" for name in ("drawn", "new")
    ]
    assert "- `plots/new.png`" in comment(project, "HEAD~1")


def test_a_picture_that_is_not_the_committed_one_is_only_named(project):
    commit(project, 0.5, drawn="a")
    (project / "plots/drawn.png").write_text("b")
    lines = comment(project, "HEAD", ADDRESS)
    assert "None changed." in lines
    assert lines[-1] == "- `plots/drawn.png`"


def test_a_container_installs_the_project_and_brings_dvcs_extension():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert container["image"].startswith("mcr.microsoft.com/devcontainers/python:3.")
    target = container["postCreateCommand"].removeprefix("make ")
    assert f"\n{target}: " in (ROOT / "Makefile").read_text()
    assert "make repro" in container["postAttachCommand"]
    editor = container["customizations"]["vscode"]
    assert "iterative.dvc" in editor["extensions"]
    python = editor["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"


def test_a_tagged_model_comes_by_its_name(project, tmp_path):
    """As docs/settings.md says, with a small file in the model's place."""
    artifacts = {"artifacts": DEFINITION["artifacts"]}
    (project / "dvc.yaml").write_text(yaml.safe_dump(artifacts))
    model = project / "models/mlp_fashion_torch.safetensors"
    model.parent.mkdir()
    model.write_text("weights")
    run(project, "dvc", "add", "-q", str(model))
    run(project, "dvc", "remote", "add", "--default", "shared", str(tmp_path / "store"))
    run(project, "dvc", "push", "-q")
    commit(project, 0.5)
    run(project, "git", *WHO, "tag", "-a", "mlp_fashion_torch@v1.0.0", "-m", "first")
    get = ["dvc", "artifacts", "get", str(project), "mlp_fashion_torch"]
    run(tmp_path, *get, "--rev", "v1.0.0")
    assert (tmp_path / model.name).read_text() == "weights"


def test_the_models_that_have_a_name_are_those_that_stages_write():
    paths = {name: a["path"] for name, a in DEFINITION["artifacts"].items()}
    assert paths.pop("titanic_automl") == "data/titanic_automl/full"
    assert set(paths) <= set(
        yaml.safe_load((ROOT / "params.yaml").read_text())["models"]
    )
    assert paths == {name: f"models/{name}.safetensors" for name in paths}
