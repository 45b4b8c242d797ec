"""The house: its listings, who imports whom, and deps that name what decides a stage's bytes."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from byhand.project.imports import imported
from byhand.training.blocks import KINDS
from byhand.training.rooms import find, ways
from tests.project import ROOT, run

BYHAND = ROOT / "byhand"
WAYS = ("scratch", "autograd", "torch", "trainer", "sklearn")
# what each room may import of ours, beside itself
ROOMS: dict[str, set[str]] = {way: set() for way in WAYS} | {
    "pipeline": set(),
    "training": {*WAYS, "datasets", "pipeline"},
    "datasets": {"pipeline"},
    "evaluation": {"autograd", "scratch", "pipeline"},
    "huggingface": {"torch", "training", "datasets", "pipeline"},
    "project": set(),
    "search": {"training", "datasets", "pipeline"},
    "titanic": {"pipeline"},
    "automl": {"titanic", "pipeline"},
    "charts": {"datasets"},
    "pages": {"charts", "evaluation", "training", "datasets", "pipeline"},
}
NOT_BY_HAND = ("torch.autograd", "torch.nn", "torch.optim")
SCRIPTS = {"stages": "dvc.yaml", "studies": "studies/dvc.yaml"}


@pytest.mark.parametrize(("folder", "pipeline"), SCRIPTS.items())
def test_a_listing_is_the_list_of_stages(folder, pipeline):
    stages = yaml.safe_load((ROOT / pipeline).read_text())["stages"]
    names = {p.stem for p in (ROOT / folder).glob("*.py") if p.stem[0] != "_"}
    assert names == set(stages)


def test_every_room_is_known():
    assert {path.parent.name for path in BYHAND.glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    for path in (BYHAND / room).rglob("*.py"):
        ours = {n.split(".")[1] for n in imported(path) if n.startswith("byhand.")}
        assert ours <= {room, *ROOMS[room]}, path
        assert not [n for n in imported(path) if n.split(".")[0] in SCRIPTS], path


def test_how_and_kind_are_the_path_of_a_class():
    for kind in KINDS:
        (name,) = kind.model_fields["kind"].annotation.__args__
        assert ways(name, kind.movers)
        for how in ways(name, kind.movers):
            assert find(how, name).__name__ == kind.__name__


def test_by_hand_uses_tensors_as_arrays_and_nothing_else_of_torch():
    for path in [*BYHAND.glob("scratch/*.py"), *BYHAND.glob("autograd/*.py")]:
        names = imported(path)
        assert not [n for n in names if n.startswith(NOT_BY_HAND)], path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert not ast.unparse(node).startswith(NOT_BY_HAND), path
                # torch's way to begin: the engine's is requires_grad=True
                assert node.attr != "requires_grad_", path
                if path.parent.name == "scratch" and ast.unparse(node.value) != "self":
                    assert node.attr not in ("backward", "grad"), path


def test_a_file_can_be_read_in_a_sitting():
    limits = {"engine.py": 200, "convolution.py": 150, "softmax_regression.py": 150}
    for folder in ("byhand", "stages", "studies", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            lines = len(path.read_text().splitlines())
            assert lines <= limits.get(path.name, 250), path


@pytest.mark.parametrize("name", ["byhand", "stages", "studies", "tools"])
def test_nothing_of_ours_hides_a_package_of_another(name):
    spec = importlib.util.find_spec(name)
    assert Path(spec.origin).is_relative_to(ROOT)
    outside = [p for p in sys.path if p and ".venv" in p]
    assert not importlib.machinery.PathFinder.find_spec(name, outside)


# what no output depends on: how a stage reads its parameters, fails and ends
NEUTRAL = {"environment.py", "errors.py", "lifetime.py", "params.py", "settings.py"}
PACKAGES_OF_NO_BYTE = {"dvc", "pydantic", "pyyaml", "torchvision", "tqdm"}
# what a stage reads as text
QUOTED = {
    "hub_data": {"byhand/huggingface/cards"},
    "report": {*(f"byhand/{way}" for way in WAYS), "byhand/titanic/rules.py"},
}
# these write what they have as it is
AS_IT_IS = {"check", "download"}
NAMES = {"PIL": "pillow", "markdown_it": "markdown-it-py", "sklearn": "scikit-learn"}
NAMES |= {"yaml": "pyyaml"}


# modules that import what they find in a folder
FINDING = {
    BYHAND / "training/blocks.py": [*BYHAND.glob("training/kinds/*.py")],
    ROOT / "stages/check.py": [*BYHAND.glob("*/settings.py")],
}


def closure(*paths: Path) -> set[Path]:
    """Return files of ours and all that they import of ours, directly or not."""
    found, todo = set(), [*paths]
    while todo:
        found.add(path := todo.pop())
        todo += {*FINDING.get(path, [])} - found
        for name in imported(path):
            module = ROOT / name.replace(".", "/")
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.exists() and name.startswith("byhand.") and file not in found:
                    todo.append(file)
    return found


def packages(files: set[Path]) -> set[str]:
    """Return the packages that files import; of outputs.py, those of the functions used."""
    names = set()
    outputs = BYHAND / "pipeline/outputs.py"
    functions = {
        node.name: node
        for node in ast.parse(outputs.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    for path in files - {outputs}:
        for name in imported(path):
            names.add(name.split(".")[0])
            used = functions.get(name.removeprefix("byhand.pipeline.outputs."))
            for node in ast.walk(used) if used else ():
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                if isinstance(node, ast.ImportFrom):
                    names.add(node.module.split(".")[0])
    ours = {"byhand", *SCRIPTS, *sys.stdlib_module_names}
    return {NAMES.get(name, name) for name in names - ours}


def pins(file: str) -> dict[str, str]:
    """Return the versions that requirements or their lock pin here, by package."""
    lines = re.findall(r"^[^ #\\\n][^#\\\n]*", (ROOT / file).read_text(), re.MULTILINE)
    found = [Requirement(line) for line in lines]
    here = [pin for pin in found if pin.marker is None or pin.marker.evaluate()]
    return {pin.name: str(pin.specifier) for pin in here}


def instances() -> Iterator[tuple[str, str | None, dict]]:
    """Yield each stage's script, the way of its model or None, and its definition."""
    for folder, pipeline in SCRIPTS.items():
        for name, stage in yaml.safe_load((ROOT / pipeline).read_text())[
            "stages"
        ].items():
            stage = stage.get("do", stage)
            by_way = "byhand/${item.how}" in stage["deps"]
            for way in WAYS if by_way else [None]:
                yield f"{folder}/{name}.py", way, stage


@pytest.mark.parametrize(
    ("script", "way", "stage"),
    list(instances()),
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)
def test_a_stage_depends_on_what_decides_its_bytes_and_on_nothing_else(
    script, way, stage
):
    name = Path(script).stem
    deps = {dep.replace("${item.how}", way or "") for dep in stage["deps"]}
    code = {d for d in deps if d.startswith(("byhand/", "stages/", "studies/"))}
    code -= {"studies/dvc.lock"}
    rooms = [BYHAND / room for room in WAYS]
    own = [room for room in rooms if f"byhand/{room.name}" in code]
    run = closure(ROOT / script, *(path for room in own for path in room.glob("*.py")))
    if BYHAND / "training/blocks.py" in run:  # it finds the kinds
        run |= closure(*BYHAND.glob("training/kinds/*.py"))
    if BYHAND / "training/rooms.py" in run:  # it finds the way's room, and no other
        run = {p for p in run if p.parent not in rooms or p.parent in own}
    needed = {p for p in run if p.name not in NEUTRAL and p.name != "__init__.py"}
    needed |= {p for p in run if p.parent.name == "folder"}
    needed |= {*FINDING.get(ROOT / script, [])}
    if name in AS_IT_IS:
        needed.discard(BYHAND / "pipeline/outputs.py")
    relative = {path.relative_to(ROOT) for path in needed}
    missing = {p for p in relative if not any(p.is_relative_to(dep) for dep in code)}
    assert missing == set()
    all_run = {path.relative_to(ROOT) for path in run}
    idle = {d for d in code if not any(p.is_relative_to(d) for p in all_run)}
    assert idle <= QUOTED.get(name, set()) | {"byhand/pipeline/outputs.py"}

    if name in AS_IT_IS:
        return
    wanted = packages(needed) - PACKAGES_OF_NO_BYTE
    if way == "sklearn":  # see test_scikit_learns_models_run_without_pytorch
        wanted -= {"torch"}
    pinned = {d: set(pins(d)) for d in deps if d.startswith("requirements/")}
    assert wanted <= set().union(*pinned.values())
    assert all(names & wanted for names in pinned.values())


def test_scikit_learns_models_run_without_pytorch(tmp_path):
    """So its version, and the code of other ways, decide none of their bytes."""
    model = "logistic_clusters_sklearn"
    rows = "x,y,label\n1,2,a\n3,5,b\n2,1,a\n4,4,b\n"
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["models"][model]["data"] = "data"
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "data").mkdir()
    for part in ("train", "test"):
        (tmp_path / f"data/{part}.csv").write_text(rows)
    code = (
        f"from stages import train, evaluate; train.main('{model}'); "
        f"evaluate.main('{model}'); import sys; print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n"


def test_what_is_imported_is_pinned_once_and_in_the_lock():
    files = [p.relative_to(ROOT).as_posix() for p in ROOT.glob("requirements/*.in")]
    versions = {}
    for file in files:
        for package, version in pins(file).items():
            assert versions.setdefault(package, version) == version, (file, package)
    locked = pins("requirements.txt")
    for package, version in versions.items():
        assert version == locked[re.sub(r"[._]", "-", package)], package
    scripts = [
        p for f in (*SCRIPTS, "byhand", "tools") for p in ROOT.glob(f"{f}/**/*.py")
    ]
    outside = packages({p for p in scripts if p.parent.name != "app"})
    optional = {"optuna", "sqlalchemy"}  # requirements/sweep.txt
    assert outside - {"tools", "tests"} <= {*versions, *optional}


def test_the_pipeline_runs_nothing_of_the_one_beside_it():
    beside, pipeline = (
        yaml.safe_load((ROOT / file).read_text())["stages"]
        for file in ("studies/dvc.yaml", "dvc.yaml")
    )
    stages = [stage.get("do", stage) for stage in beside.values()]
    outs = [
        Path(next(iter(out)))
        for stage in stages
        for kind in ("outs", "metrics", "plots")
        for out in stage.get(kind, [])
    ]
    deps = {
        Path(d) for stage in pipeline.values() for d in stage.get("do", stage)["deps"]
    }
    for out in outs:
        assert not {out, *out.parents} & deps


def test_what_a_new_kind_touches_is_a_file_a_way_and_its_fields(tmp_path):
    """A kind of one's own by hand: no list names it, and the loop trains it."""
    for folder in ("byhand", "stages", "requirements"):
        run(ROOT, "cp", "-r", folder, str(tmp_path))
    scratch = tmp_path / "byhand/scratch"
    (scratch / "twin.py").write_text(
        "from byhand.scratch.mlp import MLP\n\n\nclass Twin(MLP):\n    '''Mine.'''\n"
    )
    (tmp_path / "byhand/training/kinds/twin.py").write_text(
        "from typing import ClassVar, Literal\n\nfrom byhand.training.kinds.mlp import MLP"
        "\n\n\nclass Twin(MLP):\n    '''Mine.'''\n\n"
        "    title: ClassVar[str] = 'twin'\n    kind: Literal['twin']\n"
    )
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    block = params["models"]["mlp_xor_scratch"]
    mine = block | {"kind": "twin", "data": "data", "batch_size": 2, "epochs": 1}
    params["models"] = {"twin_mine": mine}
    params["seeds"] = {}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "data").mkdir()
    for part in ("train", "test"):
        (tmp_path / f"data/{part}.csv").write_text("x,label\n1,a\n2,b\n3,b\n")
    for stage in (["check"], ["train", "twin_mine"], ["evaluate", "twin_mine"]):
        run(tmp_path, sys.executable, "-m", "stages", *stage)
    assert (tmp_path / "metrics/test/twin_mine.json").exists()
