"""Where Fashion-MNIST can be had: a folder, a Debian package, torchvision's mirrors, apt.

Each source is a function that returns {file name: decompressed content} or raises
`Unavailable` with the reason. The contents are not to be trusted until `verify` has seen
them.
"""

import gzip
import hashlib
import logging
import shutil
import subprocess
import tempfile
import urllib.request
import zlib
from http.client import HTTPException
from pathlib import Path

from stages.datasets.fashion_mnist import SHA256
from stages.pipeline.lifetime import cleaning_up

log = logging.getLogger(__name__)

PACKAGE = "dataset-fashion-mnist"
PACKAGE_FOLDER = Path("usr/share/datasets/fashion-mnist")
MIRROR_TIMEOUT = 15  # seconds without a byte
APT_TIMEOUT = 300  # seconds for a whole apt command


class Unavailable(Exception):
    """A source that cannot serve; the message says why."""


def verify(files: dict[str, bytes]) -> None:
    """Check the SHA-256 of each of the four files.

    Raises:
        Unavailable: a file's content is not Fashion-MNIST's.
    """
    for name, expected in SHA256.items():
        actual = hashlib.sha256(files[name]).hexdigest()
        if actual != expected:
            raise Unavailable(
                f"{name} is not Fashion-MNIST's: SHA-256 {actual}, expected {expected}"
            )


def from_folder(folder: Path) -> dict[str, bytes]:
    """Read the four files from a folder, each as it is or with .gz behind its name."""
    files = {}
    for name in SHA256:
        plain, compressed = folder / name, folder / f"{name}.gz"
        try:
            if plain.exists():
                files[name] = plain.read_bytes()
            else:
                files[name] = decompress(compressed.read_bytes(), compressed.name)
        except FileNotFoundError:
            raise Unavailable(f"no {name} or {name}.gz in {folder}") from None
        except OSError as error:
            raise Unavailable(str(error)) from error
    return files


def from_package() -> dict[str, bytes]:
    """Read the files of the Debian package, if it is installed."""
    folder = Path("/") / PACKAGE_FOLDER
    if not folder.exists():
        raise Unavailable(f"package {PACKAGE} is not installed")
    return from_folder(folder)


def from_mirrors() -> dict[str, bytes]:
    """Download from the first of torchvision's mirrors that serves all four files."""
    # imported here: it takes seconds, and the other sources do without
    from torchvision.datasets import FashionMNIST

    reasons = []
    for mirror in FashionMNIST.mirrors:
        try:
            return {name: fetch(mirror, f"{name}.gz") for name in SHA256}
        except Unavailable as reason:
            reasons.append(str(reason))
    raise Unavailable("; ".join(reasons))


def fetch(mirror: str, name: str) -> bytes:
    """Download and decompress one file."""
    url = mirror + name
    log.info("fetching %s, %d s at most without a byte", url, MIRROR_TIMEOUT)
    try:
        with urllib.request.urlopen(url, timeout=MIRROR_TIMEOUT) as response:
            return decompress(response.read(), url)
    except (OSError, HTTPException) as error:
        raise Unavailable(f"{url}: {error}") from error


def decompress(content: bytes, origin: str) -> bytes:
    """Return gzip's content."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise Unavailable(f"{origin} is not a whole gzip file: {error}") from error


def from_apt() -> dict[str, bytes]:
    """Fetch the Debian package with apt, without root and without touching the system.

    apt keeps its lists and its cache in a temporary folder, into which the package is
    then unpacked.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("apt-get and dpkg-deb are not on PATH")
    with (
        cleaning_up(),
        tempfile.TemporaryDirectory(prefix="fashion-mnist-") as folder,
    ):
        for subfolder in ("lists/partial", "cache/archives/partial"):
            (Path(folder) / subfolder).mkdir(parents=True)
        apt = [
            "apt-get",
            "--quiet",
            f"--option=Dir::State::lists={folder}/lists",
            f"--option=Dir::Cache={folder}/cache",
            "--option=Debug::NoLocking=true",
            "--option=APT::Sandbox::User=root",
            "--option=Acquire::Retries=1",
            f"--option=Acquire::http::Timeout={MIRROR_TIMEOUT}",
        ]
        call([*apt, "update"], folder)
        call([*apt, "download", PACKAGE], folder)
        (package,) = Path(folder).glob(f"{PACKAGE}_*.deb")
        call(["dpkg-deb", "--extract", package.name, "."], folder)
        return from_folder(folder / PACKAGE_FOLDER)


def call(command: list[str], folder: str) -> None:
    """Run a command in a folder; its last line of errors is the reason if it fails."""
    words = [word for word in command if not word.startswith("--")]
    log.info("waiting for %s, %d s at most", " ".join(words), APT_TIMEOUT)
    try:
        subprocess.run(
            command,
            cwd=folder,
            check=True,
            timeout=APT_TIMEOUT,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        *_, last = error.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{command[0]} failed: {last}") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took over {APT_TIMEOUT} s") from error
