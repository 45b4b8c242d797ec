"""Get Fashion-MNIST's four files from the first source that serves them, and verify them."""

import logging
import os
from pathlib import Path

from byhand.datasets import fashion_mnist
from byhand.datasets.fashion_mnist import Unavailable
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_bytes

log = logging.getLogger(__name__)


def from_environment() -> dict[str, bytes]:
    """Read the files from the folder that FASHION_MNIST_DIR names."""
    folder = os.environ.get("FASHION_MNIST_DIR")
    if not folder:
        raise Unavailable("not set")
    return fashion_mnist.from_folder(Path(folder))


SOURCES = {
    "FASHION_MNIST_DIR": from_environment,
    "Debian package": fashion_mnist.from_package,
    "torchvision's mirrors": fashion_mnist.from_mirrors,
    "apt": fashion_mnist.from_apt,
}


def main() -> None:
    reasons = []
    for source, read in SOURCES.items():
        try:
            files = read()
            fashion_mnist.verify(files)
            break
        except Unavailable as reason:
            reasons.append(f"{source}: {reason}")
            log.info("not from %s: %s", source, reason)
    else:
        raise UserError(
            f"no source has Fashion-MNIST. Tried {'; '.join(reasons)}. Put its four .gz "
            "files into a folder and name the folder: FASHION_MNIST_DIR=folder dvc repro"
        )
    log.info("served by %s", source)
    files["classes.txt"] = "".join(
        f"{name}\n" for name in fashion_mnist.CLASS_NAMES
    ).encode()
    for name, content in files.items():
        write_bytes(Path("data/FashionMNIST/raw") / name, content)
