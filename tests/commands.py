"""Commands as users give them, and a copy of this project to give them in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# as on a user's PATH once the venv is activated
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "DVC_NO_ANALYTICS": "1",
}


def run(folder: Path, *command: str, check: bool = True, env=ENVIRONMENT):
    result = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=env,
        text=True,
        capture_output=True,
    )
    if check:
        assert result.returncode == 0, result.stdout + result.stderr
    return result


def copy_into(folder: Path) -> None:
    """Copy what git holds or would hold, as it lies, and begin a repository there."""
    listed = run(ROOT, "git", "ls-files", "-co", "--exclude-standard").stdout
    for name in listed.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    run(folder, "git", "init", "-q", "-b", "main")


def commit(folder: Path) -> None:
    run(folder, "git", "add", "-A")
    who = ("-c", "user.name=tester", "-c", "user.email=tester@localhost")
    run(folder, "git", *who, "commit", "-qm", "state", "--allow-empty")
