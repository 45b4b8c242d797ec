"""Fashion-MNIST and its sources: a folder, a Debian package, mirrors, apt. Chapter 2.

Xiao, Rasul and Vollgraf (2017): 70,000 grey images of clothing, 28 × 28 pixels, in ten
classes. A source is a function that returns {file name: decompressed content}, or raises
`Unavailable` with the reason.
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

from byhand.pipeline.lifetime import cleaning_up

log = logging.getLogger(__name__)

CLASS_NAMES = [
    *("t-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
]

# SHA-256 of each file, decompressed: mirrors may compress the same data differently
SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}

PACKAGE = "dataset-fashion-mnist"
PACKAGE_FOLDER = Path("usr/share/datasets/fashion-mnist")
MIRROR_TIMEOUT = 15  # seconds without a byte
APT_TIMEOUT = 300  # seconds for a whole apt command


class Unavailable(Exception):
    """A source can't serve; the message says why."""


def verify(files: dict[str, bytes]) -> None:
    """Check the SHA-256 of the four files; raise Unavailable if one differs."""
    for name, expected in SHA256.items():
        actual = hashlib.sha256(files[name]).hexdigest()
        if actual != expected:
            raise Unavailable(
                f"{name} is not Fashion-MNIST's: SHA-256 {actual}, expected {expected}"
            )


def from_folder(folder: Path) -> dict[str, bytes]:
    """Read the four files from a folder, plain or with .gz behind the name."""
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
    from torchvision.datasets import FashionMNIST  # takes seconds to import

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
    """Return the content of a gzip file that came from `origin`."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise Unavailable(f"{origin} is not a whole gzip file: {error}") from error


def from_apt() -> dict[str, bytes]:
    """Fetch the Debian package with apt, without root: all that apt writes is temporary."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("apt-get and dpkg-deb are not on PATH")
    with cleaning_up(), tempfile.TemporaryDirectory(prefix="fashion-mnist-") as folder:
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
    """Run a command in a folder; if it fails, raise Unavailable with its last line."""
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
