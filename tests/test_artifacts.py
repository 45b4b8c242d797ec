"""What the project reads and writes: no pickles, and nothing of whose machine it ran on."""

import ast
import getpass
import os
import socket
import zipfile
from pathlib import Path

import pytest

from tests.project import ROOT, lock_of

CODE = [
    path
    for folder in ("byhand", "stages", "studies", "tools", "benchmarks", ".ci")
    for path in (ROOT / folder).rglob("*.py")
]
# what unpickles: modules, and functions of modules
PICKLING = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
LOADING = {
    "torch.load",
    "torch.save",
    "pd.read_pickle",
    "h2o.load_model",
    "h2o.save_model",
}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_pickles(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert PICKLING.isdisjoint(name.name.split(".")[0] for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in PICKLING
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in LOADING
        if isinstance(node, ast.keyword):
            assert node.arg != "allow_pickle"


def artifacts() -> list[Path]:
    """Return every file that dvc.lock says the pipeline wrote."""
    outputs = [
        ROOT / output["path"]
        for stage in lock_of(ROOT)["stages"].values()
        for output in stage.get("outs", [])
    ]
    return [
        path
        for output in outputs
        for path in (output.rglob("*") if output.is_dir() else [output])
        if path.is_file()
    ]


needs_results = pytest.mark.skipif(
    not (ROOT / "report/index.html").exists(), reason="no results yet: make repro"
)


@needs_results
def test_artifacts_of_the_real_data_are_of_kinds_that_hold_no_pickle():
    paths = artifacts()
    assert len(paths) > 50
    for path in paths:
        if path.suffix == ".zip":  # a MOJO
            with zipfile.ZipFile(path) as mojo:
                kinds = {Path(name).suffix for name in mojo.namelist()}
            assert kinds <= {".ini", ".txt", ".bin", ".json", ".md"}, (path, kinds)
        else:
            kinds = {".csv", ".html", ".json", ".png", ".safetensors", ".txt"}
            kinds |= {".md", ".parquet", ".py"}  # of what goes to the Hub
            assert path.suffix in kinds or path.name.endswith("-ubyte"), path


@needs_results
def test_artifacts_of_the_real_data_tell_nothing_of_the_machine():
    secrets = {str(ROOT), str(Path.home()), socket.gethostname()}
    secrets |= {f"/{getpass.getuser()}/", f"{getpass.getuser()}@"}
    secrets |= {
        value
        for name, value in os.environ.items()
        if any(word in name for word in ("TOKEN", "SECRET", "PASSWORD", "KEY"))
    }
    secrets = {secret.encode() for secret in secrets if len(secret) > 4}
    for path in artifacts():
        files = {path.name: path.read_bytes()}
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as mojo:
                files = {name: mojo.read(name) for name in mojo.namelist()}
        for name, content in files.items():
            assert not [s for s in secrets if s in content], (path, name)
