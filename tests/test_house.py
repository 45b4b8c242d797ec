"""Who imports whom: arrows run one way, and what is by hand is so to the bottom."""

import ast
import importlib.util
from pathlib import Path

import pytest
import yaml

from tests.project import ROOT

STAGES = ROOT / "stages"
# what each room may import of ours, beside itself
ROOMS = {
    "pipeline": set(),
    "scratch": set(),
    "concise": set(),
    "training": {"scratch", "concise", "pipeline"},
    "datasets": {"pipeline"},
    "evaluation": set(),
    "huggingface": {"concise", "datasets", "training"},
    "titanic": {"pipeline"},
    "automl": {"pipeline"},
    "charts": {"datasets"},
    "pages": {"evaluation", "pipeline"},
}
NOT_BY_HAND = ("torch.autograd", "torch.nn", "torch.optim")


def imported(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, and of what from them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            module = node.module
            if node.level:  # these files go to the Hub, and there is no `stages`
                assert node.level == 1 and path.parent.name == "concise", path
                module = f"stages.concise.{module}"
            names |= {module, *(f"{module}.{a.name}" for a in node.names)}
    return names


def test_every_room_is_known():
    rooms = {path.parent.name for path in STAGES.glob("*/__init__.py")}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    for path in (STAGES / room).glob("*.py"):
        ours = {n.split(".")[1] for n in imported(path) if n.startswith("stages.")}
        assert ours <= {room, *ROOMS[room]}, path


def test_by_hand_uses_tensors_as_arrays_and_nothing_else_of_torch():
    for path in (STAGES / "scratch").glob("*.py"):
        names = imported(path)
        assert not [n for n in names if n.startswith(NOT_BY_HAND)], path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert not ast.unparse(node).startswith(NOT_BY_HAND), path
                # torch's way to begin: the engine's is requires_grad=True
                assert node.attr != "requires_grad_", path
                if "autograd" not in path.name and path.name != "gradient_checks.py":
                    assert node.attr not in ("backward", "grad"), path


def test_the_engine_and_the_convolution_can_be_read_in_a_sitting():
    for name, lines in {"autograd": 200, "convolution": 150}.items():
        assert len((STAGES / f"scratch/{name}.py").read_text().splitlines()) <= lines


NAMES = {p.stem for p in STAGES.iterdir() if not p.name.startswith("_")}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nothing_of_ours_hides_a_package_of_another(name):
    """`import datasets` finds Hugging Face's, or none."""
    spec = importlib.util.find_spec(name)
    found = Path(spec.origin) if spec and spec.origin else None
    assert not found or not found.is_relative_to(ROOT) or ".venv" in found.parts


# what no output depends on: how a stage reads its parameters, fails and ends
NEUTRAL = {
    "environment.py",
    "errors.py",
    "lifetime.py",
    "params.py",
    "settings.py",
    "__init__.py",
}
# what the runner sets for every stage
NOT_IMPORTED = {"stages/pipeline/arithmetic.py"}
# what a stage reads as text
QUOTED = {
    "hub_data": {"stages/huggingface/cards"},
    "report": {"stages/concise", "stages/scratch", "stages/titanic/rules.py"},
}
# these write what they have as it is
AS_IT_IS = {"check", "check_data", "download"}
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


def closure(path: Path) -> set[Path]:
    """Return a file of ours and all that it imports of ours, directly or not."""
    found, todo = set(), [path]
    while todo:
        found.add(path := todo.pop())
        for name in imported(path):
            module = ROOT / name.replace(".", "/")
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.exists() and name.startswith("stages.") and file not in found:
                    todo.append(file)
    return found


@pytest.mark.parametrize("name", PIPELINE)
def test_a_stage_depends_on_the_code_that_it_runs_and_on_no_other(name):
    stage = PIPELINE[name].get("do", PIPELINE[name])
    deps = {dep for dep in stage["deps"] if dep.startswith("stages/")} - NOT_IMPORTED
    run = {path.relative_to(ROOT) for path in closure(STAGES / f"{name}.py")}
    needed = {path for path in run if path.name not in NEUTRAL}
    if name in AS_IT_IS:
        needed.discard(Path("stages/pipeline/files.py"))
    missing = {p for p in needed if not any(p.is_relative_to(dep) for dep in deps)}
    assert missing == set()
    deps -= QUOTED.get(name, set())
    idle = {dep for dep in deps if not any(p.is_relative_to(dep) for p in run)}
    assert idle == set()


def test_the_pipeline_runs_nothing_of_the_one_beside_it():
    beside = yaml.safe_load((ROOT / "seeds/dvc.yaml").read_text())["stages"].values()
    stages = [stage.get("do", stage) for stage in beside]
    outs = [
        Path(next(iter(out)))
        for stage in stages
        for kind in ("outs", "metrics", "plots")
        for out in stage.get(kind, [])
    ]
    deps = {
        Path(dep)
        for stage in PIPELINE.values()
        for dep in stage.get("do", stage)["deps"]
    }
    for out in outs:
        assert not {out, *out.parents} & deps
