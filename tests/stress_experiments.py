"""Eight queued experiments on two workers, and the same eight one by one."""

import csv
import shutil
import time

import pytest

from tests.project import ROOT, Project

pytestmark = pytest.mark.skipif(
    not (ROOT / "report/index.html").exists(), reason="no results yet: make repro"
)

SETTINGS = [
    *[f"models.softmax_clusters_scratch.batch_size={rows}" for rows in (10, 15, 25)],
    *[f"models.mlp_xor_scratch.hidden=[{units}]" for units in (16, 32, 64)],
    *[f"titanic.max_models={models}" for models in (1, 2)],  # two H2O servers at once
]


def finished_project(folder) -> Project:
    """Return a clone with all that this one computed, and no memory of other runs."""
    project = Project(folder)
    (folder / ".dvc/cache").mkdir()
    (folder / ".dvc/cache/files").symlink_to(ROOT / ".dvc/cache/files")
    project.dvc("checkout", "--quiet")
    assert "up to date" in project.dvc("status")
    return project


def metrics(project: Project) -> list[list[tuple[str, str]]]:
    """Return each experiment's metrics, to the last digit, by what it changed."""
    names = ("train.lr", "titanic.max_models", "batch_size", "hidden", ".json:")
    table = csv.DictReader(
        project.dvc("exp", "show", "--csv", "--precision", "17").splitlines()
    )
    experiments = [row for row in table if row["typ"].startswith("branch")]
    return sorted(
        sorted((k, v) for k, v in row.items() if any(name in k for name in names))
        for row in experiments
    )


def test_eight_queued_on_two_workers_have_the_metrics_of_eight_one_by_one(tmp_path):
    together = finished_project(tmp_path / "together")
    for setting in SETTINGS:
        together.dvc("exp", "run", "--queue", "-S", setting)
    together.dvc("queue", "start", "--jobs", "2")
    while (
        "Queued" in (status := together.dvc("queue", "status")) or "Running" in status
    ):
        time.sleep(2)
    assert status.count("Success") == len(SETTINGS), status

    one_by_one = finished_project(tmp_path / "one_by_one")
    for setting in SETTINGS:
        one_by_one.dvc("exp", "run", "-S", setting)
        one_by_one.take_back()

    assert len(metrics(together)) == len(SETTINGS)
    assert metrics(together) == metrics(one_by_one)
    shutil.rmtree(tmp_path)
