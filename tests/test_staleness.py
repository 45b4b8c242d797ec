"""What makes a result stale, and what does not: `dvc status` of a clone, after one change."""

import json
from pathlib import Path

import pytest
import yaml

from tests.project import ROOT, Project, run

MODELS = yaml.safe_load((ROOT / "params.yaml").read_text())["models"]
STUDIES = "studies/dvc.yaml:"
OF_A_MODEL = ("seeds", "last_digit", "ways", "learning_rates", "through_epochs")
OF_A_MODEL += ("limits", "variations", "gradients")
NETWORKS = {"mlp_fashion_torch", "lenet_fashion_torch"}  # of the study recipes


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A clone that has run nothing: the committed locks say what was run."""
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def stale(project):
    """Return the stages with a dependency that a change of some files has changed."""
    before = changed_dependencies(project)

    def stale(change) -> set[str]:
        change(project.folder)
        try:
            return {stage for stage, _ in changed_dependencies(project) - before}
        finally:
            run(project.folder, "git", "checkout", "-q", ".")

    return stale


def changed_dependencies(project: Project) -> set[tuple[str, str]]:
    status = json.loads(project.dvc("status", "--json"))
    return {
        (stage, f"{path} {state}")
        for stage, changes in status.items()
        for change in changes
        if isinstance(change, dict)
        for path, state in change.get("changed deps", {}).items()
    }


def comment(path: str):
    def change(folder: Path) -> None:
        file = folder / path
        file.write_text(f"{file.read_text()}# a comment\n")

    return change


def pin(*packages: str):
    """Return a change of these packages' versions, wherever they are pinned."""

    def change(folder: Path) -> None:
        for file in [*folder.glob("requirements/*.in"), folder / "requirements.txt"]:
            text = file.read_text()
            for package in packages:
                text = text.replace(f"{package}==", f"{package}==9999.")
            file.write_text(text)

    return change


def instances(names, models=MODELS) -> set[str]:
    return {f"{name}@{model}" for name in names for model in models}


def studies_of(models) -> set[str]:
    """Return the studies of these models."""
    studies = yaml.safe_load((ROOT / "studies/dvc.yaml").read_text())["stages"]
    found = {
        f"{STUDIES}{name}@{model}"
        for name in OF_A_MODEL
        for model in models
        if name == "seeds" or model in studies[name]["foreach"]
    }
    return found | ({f"{STUDIES}recipes"} if NETWORKS & {*models} else set())


def test_pytorchs_version_is_that_of_all_it_trains_and_of_nothing_else(stale):
    gradient_trained = {m for m, block in MODELS.items() if block["how"] != "sklearn"}
    of_models = instances(["train", "evaluate"], gradient_trained)
    expected = of_models | studies_of(gradient_trained) | {"autograd", "hub", "report"}
    assert stale(pin("torch")) == expected


def test_transformers_version_is_nothing_to_models_by_hand(stale):
    by_trainer = {m for m, block in MODELS.items() if block["how"] == "trainer"}
    of_models = instances(["train", "evaluate"], by_trainer) | studies_of(by_trainer)
    assert stale(pin("transformers")) == of_models | {"hub", "report"}


def test_versions_of_what_tests_and_checks_make_nothing_stale(stale):
    change = pin("pytest", "pytest-xdist", "ruff", "playwright", "psutil", "hypothesis")
    assert stale(change) == set()


def test_a_comment_in_the_checks_of_gradients_is_autograds(stale):
    assert stale(comment("byhand/evaluation/gradient_checks.py")) == {"autograd"}


@pytest.mark.parametrize("way", ["scratch", "autograd", "torch", "trainer", "sklearn"])
def test_code_of_a_way_is_that_ways_models(stale, way):
    own = {m for m, block in MODELS.items() if block["how"] == way}
    of_models = instances(["train", "evaluate"], own)
    changed = stale(comment(f"byhand/{way}/__init__.py"))
    assert {s for s in changed if s.startswith(("train", "evaluate"))} == of_models
    assert {s for s in changed if "seeds@" in s} == {f"{STUDIES}seeds@{m}" for m in own}


def test_a_models_data_is_that_of_all_its_studies(stale):
    def change(folder: Path) -> None:
        path = folder / "params.yaml"
        params = yaml.safe_load(path.read_text())
        params["models"]["mlp_xor_scratch"]["data"] = "data/split/clusters"
        path.write_text(yaml.safe_dump(params, sort_keys=False))

    of_model = instances(["train", "evaluate"], ["mlp_xor_scratch"])
    assert stale(change) == of_model | studies_of(["mlp_xor_scratch"]) | {"check"}


@pytest.mark.parametrize(
    ("keys", "value", "readers"),
    [
        (("seeds", "mlp_xor_scratch"), 25, {"seeds@mlp_xor_scratch"}),
        (("studies", "nudge"), 1e-14, {"last_digit@mlp_xor_scratch"}),
        (("studies", "limits", "epochs"), 70, {"limits@mlp_xor_scratch"}),
        (("studies", "recipes", "seeds"), 6, {"recipes"}),
        (
            ("studies", "variations", "mlp_fashion_torch", "seeds"),
            6,
            {"variations@mlp_fashion_torch"},
        ),
    ],
)
def test_a_setting_of_a_study_is_that_studys(stale, keys, value, readers):
    def change(folder: Path) -> None:
        path = folder / "params.yaml"
        params = section = yaml.safe_load(path.read_text())
        for key in keys[:-1]:
            section = section[key]
        section[keys[-1]] = value
        path.write_text(yaml.safe_dump(params, sort_keys=False))

    assert stale(change) == {f"{STUDIES}{reader}" for reader in readers} | {"check"}


def test_another_study_is_nothing_to_titanics_ladder(stale):
    def change(folder: Path) -> None:
        path = folder / "studies/dvc.lock"
        lock = yaml.safe_load(path.read_text())
        lock["stages"]["seeds@mlp_xor_scratch"]["outs"][0]["md5"] = "0" * 32
        path.write_text(yaml.safe_dump(lock, sort_keys=False))

    assert "titanic_ladder" not in stale(change)
