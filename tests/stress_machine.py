"""A machine that lets a stage down: a full disk, a folder that is read-only, no network."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.project import ENVIRONMENT, ROOT, Project

# a namespace of its own, in which a user may mount and has no network
NAMESPACE = ["unshare", "--map-root-user", "--mount", "--net", "sh", "-c"]
TINY = "mount -t tmpfs -o size={size} tmpfs {folder}"
READ_ONLY = "mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"

pytestmark = [
    pytest.mark.skipif(
        not shutil.which("unshare")
        or subprocess.run([*NAMESPACE, "true"], check=False).returncode != 0,
        reason="no namespaces here",
    ),
    pytest.mark.skipif(
        not (ROOT / "report/index.html").exists(), reason="no results yet: make repro"
    ),
]

WRITERS = [
    ("generate xor", "data/samples", "100k"),
    ("split xor", "data/split/xor", "100k"),
    ("split xor", "plots/images", "100k"),
    ("train mlp_xor_scratch", "models", "4k"),
    ("evaluate mlp_xor_scratch", "plots/confusion", "4k"),
    ("titanic_features", "data/titanic_features", "4k"),
    ("titanic_automl holdout", "data/titanic_automl", "4k"),
    ("report", "report", "1m"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A clone with all that this one computed."""
    project = Project(tmp_path_factory.mktemp("project"))
    for name in ("data", "models", "report"):
        shutil.copytree(ROOT / name, project.folder / name, dirs_exist_ok=True)
    return project


def run_stage(project: Project, stage: str, prepare: str, folder: str):
    """Run a stage after a command that spoils a folder; print the half files in it."""
    name, *arguments = stage.split()
    command = " ".join(["python", "-m", "stages", name, *arguments])
    script = (
        f"ip link set lo up; {prepare} || exit 99; {command}; code=$?; "
        f"find {folder} -name '.*.part'; exit $code"
    )
    return subprocess.run(
        [*NAMESPACE, script],
        cwd=project.folder,
        env=ENVIRONMENT,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(("stage", "folder", "size"), WRITERS)
def test_a_full_disk_ends_in_a_sentence_and_leaves_no_half_file(
    project, stage, folder, size
):
    result = run_stage(project, stage, TINY.format(size=size, folder=folder), folder)
    assert result.returncode == 1, result.stderr
    assert f"error: {folder}/" in result.stderr
    assert result.stderr.endswith(": No space left on device\n")
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("stage", "folder"), [writer[:2] for writer in WRITERS])
def test_a_read_only_folder_ends_in_a_sentence(project, stage, folder):
    result = run_stage(project, stage, READ_ONLY.format(folder=folder), folder)
    assert result.returncode == 1, result.stderr
    assert f"error: {folder}/" in result.stderr
    assert result.stderr.endswith(": Read-only file system\n")
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(
    Path("/usr/share/datasets/fashion-mnist").exists(), reason="the data is installed"
)
def test_without_network_the_download_says_what_it_tried_and_what_to_do(project):
    folder = "data/FashionMNIST/raw"
    before = {
        path: path.stat().st_mtime for path in (project.folder / folder).iterdir()
    }
    result = run_stage(project, "download", "unset FASHION_MNIST_DIR", folder)
    assert result.returncode == 1, result.stderr
    assert "error: no source has Fashion-MNIST. Tried" in result.stderr
    assert "FASHION_MNIST_DIR=folder dvc repro" in result.stderr
    assert "Traceback" not in result.stderr
    after = {path: path.stat().st_mtime for path in (project.folder / folder).iterdir()}
    assert after == before


@pytest.mark.parametrize("stage", ["titanic_features", "titanic_automl holdout"])
def test_h2o_needs_no_network_beyond_loopback(project, stage):
    result = run_stage(project, stage, "true", "data/titanic_features")
    assert result.returncode == 0, result.stderr
