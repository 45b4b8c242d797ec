"""What decides the bytes of every output: how numbers are rounded, how files are written.

Libraries pick the fastest code for a processor, and different code adds up in a different
order. All code here keeps to AVX2, which x86 processors have had since 2013 (Intel) and
2015 (AMD). One difference is left: MKL's matrix products differ between AMD and Intel.

Files appear whole or not at all, with the same bytes for the same content.
"""

import csv
import io
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from byhand.pipeline.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.figure import Figure

log = logging.getLogger(__name__)

CPUINFO = Path("/proc/cpuinfo")  # Linux
AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",  # PyTorch's loops
    "MKL_CBWR": "AVX2,STRICT",  # its matrix products
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # its convolutions
    "OPENBLAS_CORETYPE": "Haswell",  # NumPy's and SciPy's matrix products
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # NumPy's loops
}


def keep_to_avx2() -> None:
    """Set what the libraries read when they are loaded, unless it is set already.

    Without AVX2, or where the processor is not known, they keep their defaults.
    """
    if CPUINFO.exists() and "avx2" in CPUINFO.read_text().split():
        for name, value in AVX2.items():
            os.environ.setdefault(name, value)


@contextmanager
def replacing(path: Path, quietly: bool = False) -> Iterator[Path]:
    """Yield a name beside `path` to write to; it takes the place of `path` at the end.

    If the block raises, nothing is left behind and `path` stays as it was. A process that
    is stopped leaves the name behind; git and DVC ignore it, and the next one overwrites it.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        error.filename = error.filename or path  # a full disk names no file
        raise
    finally:
        with suppress(OSError):
            temporary.unlink()
    if not quietly:
        log.info("wrote %s", path)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside `path` to write to, as `replacing` does a name."""
    temporary = path.with_name(f".{path.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)  # of a process that was stopped
    try:
        temporary.mkdir(parents=True)
        yield temporary
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    log.info("wrote %s", path)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes as they are."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON: keys in the order given, numbers with full precision, no NaN."""
    text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
    write_bytes(path, f"{text}\n".encode())


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file of a stage's. A UserError says that it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}; run dvc repro") from error


def write_csv(
    path: Path, header: Iterable[str], rows: Iterable[Iterable], quietly: bool = False
) -> None:
    """Write CSV: a header, then the rows, numbers with full precision.

    quietly: without a line in the log.
    """
    with (
        replacing(path, quietly) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_frame(path: Path, frame: "pd.DataFrame") -> None:
    """Write a pandas frame as CSV, without its index, numbers with full precision."""
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")


def write_figure(path: Path, figure: "Figure") -> None:
    """Write a Matplotlib figure as PNG, without the version that drew it."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})


def png(image: "np.ndarray") -> bytes:
    """Return an image (channels, height, width) uint8, of one channel or three, as PNG."""
    from PIL import Image

    file = io.BytesIO()
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    Image.fromarray(pixels).save(file, format="png")
    return file.getvalue()


def write_arrays(
    path: Path, arrays: dict[str, "np.ndarray"], about: dict[str, Any] | None = None
) -> None:
    """Write arrays under their names, as safetensors: numbers and nothing that runs.

    about: what else the file says, as JSON.
    """
    import numpy as np
    from safetensors.numpy import save

    # save takes the memory as it lies, so rows must lie one after another
    arrays = {k: np.asarray(v, order="C") for k, v in arrays.items()}
    # one entry: the order of several would change from file to file
    metadata = {"about": json.dumps(about, ensure_ascii=False)} if about else None
    write_bytes(path, save(arrays, metadata))


def read_arrays(path: Path) -> dict[str, "np.ndarray"]:
    """Read the arrays in a safetensors file. A UserError says that it is none."""
    return read_safetensors(path)[0]


def read_safetensors(path: Path) -> tuple[dict[str, "np.ndarray"], dict[str, Any]]:
    """Return the arrays in a file, and what else `write_arrays` wrote, or {}."""
    from safetensors import SafetensorError, safe_open

    path.open("rb").close()  # safetensors' errors name no file
    try:
        with safe_open(path, framework="numpy") as file:
            names = file.keys()
            arrays = {name: file.get_tensor(name) for name in names}
            about = json.loads((file.metadata() or {}).get("about", "{}"))
    except (SafetensorError, ValueError) as error:
        raise UserError(f"{path} is not a safetensors file: {error}") from error
    return arrays, about
