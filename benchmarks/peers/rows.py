"""JAX and Keras, each a process that trains an epoch on request.

On the CPU they have a venv of their own.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from byhand.pipeline.outputs import AVX2

HERE = Path(__file__).parent
RAW = "data/FashionMNIST/raw"
JAX = "JAX, a jitted scan over the epoch"
SCRIPTS = {
    JAX: "jax_epochs.py",
    "Keras on TensorFlow, fit": "keras_epochs.py",
}
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",  # their packages for a GPU are not installed
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": tempfile.gettempdir(),  # it writes its settings there
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class Peer:
    """A script that trains an epoch for each line it is sent; it ends when we do."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]):
        self.name = name
        self.said: set[str] = set()
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hear()  # that all is compiled

    def hear(self) -> dict[str, float]:
        """Return what it says next.

        Raises:
            RuntimeError: It has ended instead.
        """
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: {self.process.wait()}")
        return json.loads(line)

    def epoch(self, kind: str) -> float:
        """Train one epoch of a kind, a key of epochs.SIZES, and return its own clock's seconds.

        The first of each kind prints what it came to: that it trains can be seen.
        """
        print(kind, file=self.process.stdin, flush=True)
        epoch = self.hear()
        if kind not in self.said:
            self.said.add(kind)
            print(
                f"{self.name}, {kind}, first epoch: loss {epoch['train_loss']:.2f}, "
                f"accuracy {epoch['train_acc']:.1%}, on the test set "
                f"{epoch['test_acc']:.1%}; {epoch['cores']:.1f} cores busy"
            )
        return epoch["seconds"]

    def stop(self) -> None:
        """Let it end."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def start(root: Path) -> list[Peer]:
    """Start JAX and Keras, with their own defaults; none where their venv has not been made."""
    venv = root / ".venv-peers"
    if not (venv / "installed").exists():
        print("JAX and Keras are left out: make bench-peers installs them\n")
        return []
    return [
        Peer(
            name,
            [venv / "bin/python", HERE / script, root / RAW],
            unbound() | ENVIRONMENT,
        )
        for name, script in SCRIPTS.items()
    ]


def start_on_gpu(root: Path) -> list[Peer]:
    """Start JAX on the GPU: by default, which is in TF32, and in float32.

    JAX comes from this Python, or else from the peers' venv. Nothing is downloaded: there is
    no peer if neither has a JAX that sees the GPU.
    """
    environment = unbound() | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}

    def sees_gpu(python: str) -> bool:
        command = [python, "-c", "import jax; jax.devices('gpu')"]
        done = subprocess.run(
            command, env=environment, capture_output=True, check=False
        )
        return done.returncode == 0

    pythons = [sys.executable, str(root / ".venv-peers/bin/python")]
    python = next(filter(sees_gpu, filter(os.path.exists, pythons)), None)
    if not python:
        print("JAX is left out: pip install 'jax[cuda13]' gives it the GPU\n")
        return []
    in_float32 = {"JAX_DEFAULT_MATMUL_PRECISION": "float32"}
    script = [python, HERE / SCRIPTS[JAX], root / RAW]
    return [
        Peer(f"{JAX}, products in TF32", script, environment),
        Peer(f"{JAX}, products in float32", script, environment | in_float32),
    ]


def unbound() -> dict[str, str]:
    """Return the environment without what holds libraries to AVX2."""
    return {name: value for name, value in os.environ.items() if name not in AVX2}
