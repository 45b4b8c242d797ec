"""A clone of this project, to do with as users do."""

import json
from contextlib import suppress
from pathlib import Path

import psutil
import yaml

from byhand.pipeline.runner import TAKE_BACK
from tests.commands import ENVIRONMENT, ROOT, commit, copy_into, run

# of someone who has told Hugging Face's libraries and torch's compiler nothing; the latter
# sets a variable in whatever process imports it, this one as well
PLAIN = {
    k: v for k, v in ENVIRONMENT.items() if not k.startswith(("HF_", "TORCHINDUCTOR_"))
}

# a Python program goes on as another user; only root's can
AS_NOBODY = "import os; os.setgroups([]); os.setgid(65534); os.setuid(65534)"


ROBUSTNESS = (ROOT / "docs/robustness.md").read_text("utf-8")
# what it says to do after an experiment was killed: its second block of commands
AFTER_A_KILL = ROBUSTNESS.split("```sh\n")[2].partition("```")[0]


class Project:
    """A clone of this project in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        copy_into(folder)
        self.commit()

    def commit(self) -> None:
        commit(self.folder)

    def dvc(self, *arguments: str) -> str:
        return self.attempt(*arguments, check=True).stdout

    def attempt(self, *arguments: str, check: bool = False):
        return run(self.folder, "dvc", *arguments, check=check)

    def json(self, path: str):
        return json.loads((self.folder / path).read_text())

    def locked(self, *stages: str) -> dict:
        lock = lock_of(self.folder)
        return {stage: lock["stages"][stage] for stage in stages}

    def outputs(self) -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for name in ("data", "models", "metrics", "plots")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file()
        }

    def take_back(self, commands: str = TAKE_BACK) -> str:
        """Do as a stage that failed says; return what DVC says."""
        result = run(self.folder, "sh", "-ec", commands, check=False)
        if "Use `--force`" in result.stderr:  # where a terminal asks, the answer is y
            result = self.attempt("checkout", "--force")
        return result.stdout + result.stderr

    def change(self, old: str, new: str) -> None:
        path = self.folder / "params.yaml"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return what runs in a folder, or in one within it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


def lock_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "dvc.lock").read_text())
