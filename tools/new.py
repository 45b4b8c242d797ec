"""Begin a project of your own: python -m tools new DIR.

DIR gets a pipeline of its own, which trains models on iris: models, training, measures, pages
and tools as here, without the subjects of this project.

Lists in this file name its scripts, models and tests. Their imports say which other files come
along, and all imports say which packages. Files in new_project/ are new there; a file NAME.more
is appended to what NAME has from here.
"""

import re
import shlex
from importlib.metadata import packages_distributions
from pathlib import Path

from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

from byhand.pipeline.command import output
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import replacing_folder, write_csv
from byhand.project.excerpts import (
    entries,
    rules,
    without_chapters,
    without_missing_deps,
)
from byhand.project.imports import ROOT, closure, imported
from byhand.project.lock import normal, only, part_of_lock

STAGES = ("check", "train", "evaluate")
TOOLS = ("compare", "predict", "sweep")
ROOMS = ("scratch", "autograd", "torch", "sklearn")  # each with all that it has
KINDS = ("logistic", "softmax", "mlp", "lenet")
TESTS = [
    "arithmetic",
    "autograd",
    "autograd_corners",
    "batches",
    "convolution",
    "data",
    "lenet",
    "metrics",
    "mlp",
    "models",
    "reports",
    "search",
    "sgd",
    "softmax_regression",
    "tables",
    "training",
]
MODEL = "mlp_iris_scratch"  # whose settings make sweep searches for
SECTIONS = ("seed", "train", "fit")  # of params.yaml
TARGETS = [
    "repro",
    "sweep",
    "compare",
    "test",
    "lint",
    "lock",
    ".venv/sweep-installed",
    ".venv/installed",
]
AS_THEY_ARE = [
    "LICENSE",
    "requirements/sweep.txt",
    ".dvcignore",
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvc/plots/page.html",
]
REQUIREMENTS = ("pipeline", "development")  # beside those that stages name
COMMANDS = {"dvc", "pytest", "pytest-xdist", "ruff", "ruamel-yaml-clib"}  # not imported
PRELOADED = "byhand/pipeline/preloaded.py"  # names modules, of which some stay here
NEW = ROOT / "tools/new_project"


def main(folder: str) -> None:
    target = Path(folder).resolve()
    if target.is_relative_to(ROOT):
        raise UserError(
            f"{folder!r} lies inside this project, expected a folder beside it: ../mine"
        )
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise UserError(
            f"{folder!r} is there already, expected a new or an empty folder"
        )
    files = project(target.name)
    with replacing_folder(target) as new:
        for path, content in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(content, encoding="utf-8")
        (new / ".ci/run").chmod(0o755)
        write_iris(new / "data/iris")
        reason = commit(new)
    code = sum(len(files[f].splitlines()) for f in files if f.endswith(".py"))
    print(f"\n{folder} has {len(files)} files, {code} lines of Python. Now:\n")
    print(f"cd {shlex.quote(folder)}")
    if reason:
        print('git commit -m "Begin"    # git did not yet:', reason)
    print("make repro    # installs into .venv, runs the pipeline")
    print("make test     # runs the tests")


def commit(folder: Path) -> str | None:
    """Commit all that a new folder has; return why git does not, such as nobody's name."""
    git = ("git", "-C", str(folder))
    output(*git, "init", "--quiet", "--initial-branch", "main")
    output(*git, "add", "--all")
    try:
        output(*git, "commit", "--quiet", "--message", "Begin")
    except UserError as error:
        return str(error).partition(" failed: ")[2]
    return None


def write_iris(folder: Path) -> None:
    """Write Fisher's iris flowers (1936) as train.csv, 100 rows, and test.csv, 50 rows."""
    iris = load_iris()
    labels = iris.target_names[iris.target]
    halves = train_test_split(
        iris.data, labels, test_size=50, random_state=0, stratify=labels
    )
    for part, points, names in zip(("train", "test"), halves[:2], halves[2:]):
        rows = ([*row, name] for row, name in zip(points.tolist(), names))
        header = [*iris.feature_names, "label"]
        write_csv(folder / f"{part}.csv", header, rows, quietly=True)


def project(name: str) -> dict[str, str]:
    """Return the text of each file of a new project of this name, by its path."""
    new = {
        path.relative_to(NEW).as_posix(): path
        for path in NEW.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    code = code_files([path for path in new.values() if path.suffix == ".py"])
    files = {path: text(path) for path in AS_THEY_ARE}
    files |= {path.relative_to(ROOT).as_posix(): text(path) for path in code}
    files |= {path: written.read_text("utf-8") for path, written in new.items()}
    add_pages(files)
    files["README.md"] = files["README.md"].replace("PROJECT", name)
    files["pyproject.toml"] = named(text("pyproject.toml"), name)
    makefile = re.sub("(?m)^MODEL = .*", f"MODEL = {MODEL}", text("Makefile"))
    files["Makefile"] = rules(makefile, TARGETS) + files.pop("Makefile.more")
    files["params.yaml"] = (
        text("params.yaml").partition("\n")[0]
        + "\n\n"
        + entries(text("params.yaml"), SECTIONS)
        + files.pop("params.yaml.more")
    )
    python = [*code, *(path for path in new.values() if path.suffix == ".py")]
    modules = {name.split(".")[0] for path in python for name in imported(path)}
    files[PRELOADED] = re.sub(
        r'(?m)^    "(\w+)[\w.]*",.*\n',
        lambda line: line[0] if line[1] in modules else "",
        files[PRELOADED],
    )
    add_pipeline(files, modules)
    return files


def named(pyproject: str, name: str) -> str:
    """Return a pyproject.toml with another name, and no description."""
    letters = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "mine"
    other = re.sub("(?m)^name = .*", f'name = "{letters}"', pyproject)
    return re.sub("(?m)^description = .*\n", "", other)


def text(path: str | Path) -> str:
    """Return the text of a file of this project without the chapters that it names."""
    return without_chapters((ROOT / path).read_text("utf-8"))


def code_files(new: list[Path]) -> set[Path]:
    """Return the files of Python that a new project takes from here.

    new: files that it has beside them; what they import comes along, too.
    """
    scripts = [f"stages/{name}.py" for name in ("__main__", *STAGES)]
    scripts += [f"tools/{name}.py" for name in ("__main__", *TOOLS)]
    kinds = [f"byhand/training/kinds/{kind}.py" for kind in KINDS]
    tests = ["tests/conftest.py", *(f"tests/test_{name}.py" for name in TESTS)]
    by_name = scripts + kinds + tests + [".dvc/plots/make_page.py"]
    of_rooms = [path for room in ROOMS for path in ROOT.glob(f"byhand/{room}/*.py")]
    found = closure([*(ROOT / path for path in by_name), *of_rooms, *new]) - {*new}
    packages = {folder / "__init__.py" for path in found for folder in path.parents}
    return found | {path for path in packages if path.exists()}


def add_pages(files: dict[str, str]) -> None:
    """Add the templates, scripts and style sheets that files name, and those that these name."""
    todo = [*files.values()]
    while todo:
        for name in re.findall(r'"([\w./-]+\.(?:j2|js|css))"', todo.pop()):
            path = f"byhand/pages/{name}"
            if path not in files and (ROOT / path).exists():
                files[path] = text(path)
                todo.append(files[path])


def add_pipeline(files: dict[str, str], modules: set[str]) -> None:
    """Add dvc.yaml, its plots' templates, and the requirements of modules, locked."""
    pipeline = text("dvc.yaml").partition("stages:\n")
    stages = entries(pipeline[2], STAGES, indent="  ") + files.pop("dvc.yaml.more")
    for name in re.findall(r"template: (\w+)", stages):
        if (ROOT / f".dvc/plots/{name}.json").exists():
            files[f".dvc/plots/{name}.json"] = text(f".dvc/plots/{name}.json")
    of_stages = re.findall(r"requirements/(\w+)\.in", stages)
    known = packages_distributions()
    packages = {normal(p) for module in modules for p in known.get(module, [])}
    requirements = {
        path: only(text(path), packages | COMMANDS)
        for name in sorted({*REQUIREMENTS, *ROOMS, *of_stages})
        for path in [f"requirements/{name}.in"]
    }
    files |= requirements
    files["requirements.txt"] = part_of_lock(text("requirements.txt"), requirements)
    files["dvc.yaml"] = "".join(pipeline[:2]) + without_missing_deps(stages, files)
