"""On a GPU: every model of params.yaml trains to the same bytes, twice and without replaying,
and what the GPU lacks is one sentence."""

import copy
import os
import shutil
import subprocess
import sys

import pytest
import torch
import yaml

from tests.project import ROOT

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")

PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
MODELS = [name for name, block in PARAMS["models"].items() if "batch_size" in block]
EPOCHS = 4  # a step of the short last batch is replayed from the third on


@pytest.fixture
def params():
    """The parameters of params.yaml, with recipes of a few epochs."""
    params = copy.deepcopy(PARAMS)
    for section in params.values():
        if isinstance(section, dict) and "epochs" in section:
            section["epochs"] = EPOCHS
    return params


@pytest.fixture
def train(tmp_path, params):
    """Return a function that runs the stage train on the GPU, in a folder of its own."""
    (tmp_path / "data").symlink_to(ROOT / "data")

    def run(name, *launcher, code=None, **variables):
        data = ROOT / params["models"][name]["data"]
        if not data.exists():
            pytest.skip(f"no {data}: dvc repro makes it")
        words = ["-c", code] if code else ["-m", *launcher, "stages", "train"]
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
        return subprocess.run(
            [sys.executable, *words, name],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "DEVICE": "cuda"} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def written(folder):
    """Return what a training wrote, and remove it: the model, its metrics and its history."""
    contents = []
    for part in ("models", "metrics", "plots"):
        (path,) = (path for path in (folder / part).rglob("*") if path.is_file())
        contents.append(path.read_bytes())
        shutil.rmtree(folder / part)
    return contents


@pytest.mark.parametrize("name", MODELS)
def test_the_same_bytes_twice_and_without_replaying(train, tmp_path, name):
    outcomes = []
    for replay in ("1", "1", "0"):
        process = train(name, REPLAY=replay)
        assert process.returncode == 0, process.stderr
        assert "not replayed" not in process.stderr
        outcomes.append(written(tmp_path))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] == outcomes[2]


def test_a_gpu_that_is_not_there_is_refused(train):
    count = torch.cuda.device_count()
    process = train("mlp_xor_scratch", DEVICE=f"cuda:{count}")
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == (
        f"train@mlp_xor_scratch: error: DEVICE=cuda:{count} can't be used here: there is no "
        f"cuda:{count}, the last GPU is cuda:{count - 1}"
    )


def test_two_ranks_on_one_gpu_are_refused(train):
    launcher = ["torch.distributed.run", "--nproc-per-node", "2"]
    launcher += ["--master-port", str(20_000 + os.getpid() % 10_000), "-m"]
    process = train("mlp_xor_scratch", *launcher, DEVICE="cuda:0")
    assert process.returncode != 0
    said = "error: ranks 0 and 1 compute on the same GPU, expected one each"
    assert said in process.stderr


WITH_LITTLE_MEMORY = """
import sys, torch
from byhand.pipeline.runner import call
torch.cuda.set_per_process_memory_fraction(0.01)
call("stages", "train", sys.argv[1])
"""


def test_a_model_that_does_not_fit_is_refused(train, params):
    params["models"]["mlp_xor_scratch"]["hidden"] = [10_000] * 4  # 2.4 GB in float64
    process = train("mlp_xor_scratch", code=WITH_LITTLE_MEMORY)
    assert process.returncode == 1
    assert "error: there is not enough memory" in process.stderr.splitlines()[-1]
