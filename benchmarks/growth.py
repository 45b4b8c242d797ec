"""How time and memory grow with rows and epochs: they must not grow faster than linearly."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from datasets.fashion_mnist import SHA256
from measure import Group, python

MODELS = ["softmax_fashion_torch", "mlp_fashion_scratch"]
TRAIN = """
import runpy, sys
sys.path.insert(0, {script!r}.rpartition("/")[0])
sys.argv = [{script!r}, {model!r}]
runpy.run_path({script!r}, run_name="__main__")
"""
CASES = {
    "1 × rows, 1 epoch": (1, 1),
    "4 × rows, 1 epoch": (4, 1),
    "16 × rows, 1 epoch": (16, 1),
    "1 × rows, 4 epochs": (1, 4),
}


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Run the stage train on Fashion-MNIST, repeated, above a process that imports torch."""
    processes = {(model, case): [] for model in MODELS for case in CASES}
    bare = []
    with TemporaryDirectory() as folder:
        projects = {case: Path(folder) / str(i) for i, case in enumerate(CASES)}
        for case, project in projects.items():
            make_project(root, project, *CASES[case])
        for _ in range(rounds):
            bare.append(python("import torch", root))
            for (model, case), runs in processes.items():
                code = TRAIN.format(script=str(root / "stages/train.py"), model=model)
                runs.append(python(code, projects[case]))
    first = next(iter(CASES))
    for model in MODELS:
        for unit, index in [("s", 0), ("MB", 1)]:
            above = statistics.median(run[index] for run in bare)
            values = {
                case: statistics.median(run[index] for run in processes[model, case])
                - above
                for case in CASES
            }
            yield Group(
                f"train {model}, above `import torch`",
                unit,
                values,
                first,
                ratio="times as much as",
            )


def make_project(root: Path, project: Path, times: int, epochs: int) -> None:
    """Make a folder with params.yaml and Fashion-MNIST's training rows that many times."""
    raw = project / "data/FashionMNIST/raw"
    raw.mkdir(parents=True)
    yaml = YAML()
    params = yaml.load(root / "params.yaml")
    params["train"]["epochs"] = epochs
    yaml.dump(params, project / "params.yaml")
    for name in SHA256:
        content = (root / "data/FashionMNIST/raw" / name).read_bytes()
        if name.startswith("train"):
            header = 16 if "images" in name else 8
            rows = int.from_bytes(content[4:8], "big") * times
            content = (
                content[:4]
                + rows.to_bytes(4, "big")
                + content[8:header]
                + content[header:] * times
            )
        (raw / name).write_bytes(content)
