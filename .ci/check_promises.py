"""Run each `dvc exp run` of the page's "Try this", and fail if what the page promises fails.

They run in a clone of the last commit, each with the stages alone that its promise is about.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.pages.chapters import FOLDER, LANGUAGES
from byhand.pages.results import columns, read_rows
from byhand.pipeline.outputs import read_arrays, read_json
from byhand.search.tries import clone

COMMAND = re.compile(r"`dvc exp run (-S [^`]+)`")


class Run(NamedTuple):
    """What a model has come to."""

    train_loss: list[float]  # of each epoch, as the others
    train_acc: list[float]
    test_acc: list[float]
    weight: np.ndarray  # of the first layer
    accuracy: float  # on the test set

    @property
    def gap(self) -> float:
        """How much better the model knows the training set, at the end."""
        return self.train_acc[-1] - self.test_acc[-1]

    @property
    def jump(self) -> float:
        """The largest rise of the training loss from an epoch to the next, or 0."""
        return max([0, *np.diff(self.train_loss)])


# by command: the model, and what the page promises of its run now and before
PROMISES: dict[str, tuple[str, Callable[[Run, Run], bool]]] = {
    "-S models.softmax_fashion_torch.batch_size=32": (
        "softmax_fashion_torch",
        lambda now, before: now.train_loss[-1] < before.train_loss[-1],
    ),
    "-S fit.C=0.00001": (
        "logistic_clusters_sklearn",
        lambda now, before: now.accuracy < before.accuracy,
    ),
    "-S +models.softmax_xor_scratch.epochs=50": (
        "softmax_xor_scratch",
        lambda now, before: 0.4 < now.train_acc[-1] < 0.6,
    ),
    "-S train.lr=0.01": (
        "softmax_xor_scratch",
        lambda now, before: (
            now.train_acc[-1] > 0.5 and now.train_loss[-1] < before.train_loss[-1] / 3
        ),
    ),
    "-S models.softmax_fashion_torch.init_std=1": (
        "softmax_fashion_torch",
        # the first pixel is black in nearly every image: its weights stay as they start
        lambda now, before: now.weight[:, 0].std() > 0.5 > before.weight[:, 0].std(),
    ),
    "-S +models.mlp_xor_scratch.lr=0.03": (
        "mlp_xor_scratch",
        lambda now, before: now.accuracy > before.accuracy and not now.jump,
    ),
    "-S models.mlp_xor_scratch.hidden='[64,64]'": (
        "mlp_xor_scratch",
        lambda now, before: round(now.accuracy, 2) == 0.86,
    ),
    "-S lenet.epochs=20": (
        "lenet_fashion_torch",
        lambda now, before: now.gap > before.gap,
    ),
    "-S models.lenet_fashion_torch.activation=sigmoid": (
        "lenet_fashion_torch",
        lambda now, before: now.train_acc[0] < before.train_acc[0],
    ),
    "-S titanic.features=raw": (
        "titanic",
        lambda now, before: now["cv_auc"] < before["cv_auc"],
    ),
}


def main() -> None:
    for language in LANGUAGES:
        said = {
            command
            for path in (FOLDER / language).glob("*.md")
            for command in COMMAND.findall(path.read_text("utf-8"))
        }
        if said != {*PROMISES}:
            sys.exit(
                f"commands without a promise, or the reverse: {said ^ {*PROMISES}}"
            )
    # DVC, and the Python that its stages run
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    cache = subprocess.check_output(["dvc", "cache", "dir"], text=True).strip()
    broken = []
    with clone(cache) as folder:
        os.chdir(folder)
        run("dvc checkout --quiet --allow-missing")
        for command, (name, is_kept) in PROMISES.items():
            before = result(name)
            run(f"dvc exp run {command} {' '.join(stages(name))}")
            if not is_kept(result(name), before):
                broken.append(command)
            run("git restore -SW .")
            run("dvc checkout --quiet --force --allow-missing")
    if broken:
        sys.exit(f"the page promises something else of: {', '.join(broken)}")
    print(f"the page's {len(PROMISES)} promises are kept")


def run(command: str) -> None:
    """Run a command of the shell, and stop if it fails."""
    subprocess.run(shlex.split(command), check=True)


def stages(name: str) -> list[str]:
    """Return the stages that write what `result` reads."""
    if name == "titanic":
        return ["titanic_evaluate"]
    return [f"train@{name}", f"evaluate@{name}"]


def result(name: str) -> Run | dict[str, float]:
    """Return what a model has come to, or Titanic's metrics."""
    if name == "titanic":
        return read_json(Path("metrics/titanic.json"))
    rows = read_rows(Path(f"plots/history/{name}.csv"))
    arrays = read_arrays(Path(f"models/{name}.safetensors"))
    return Run(
        *columns(rows, "train_loss", "train_acc", "test_acc"),
        weight=next(array for array in arrays.values() if array.ndim > 1),
        accuracy=read_json(Path(f"metrics/test/{name}.json"))["accuracy"],
    )


if __name__ == "__main__":
    main()
