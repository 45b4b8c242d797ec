"""Named arrays in a file: safetensors, which hold numbers and nothing that runs."""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stages.pipeline.errors import UserError
from stages.pipeline.outputs import write_bytes


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays under their names."""
    # save takes the memory as it lies, so rows must lie one after another
    write_bytes(path, save({k: np.ascontiguousarray(v) for k, v in arrays.items()}))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote.

    Raises:
        UserError: it is not safetensors.
    """
    try:
        return load(path.read_bytes())
    except SafetensorError as error:
        raise UserError(f"{path} is not a safetensors file: {error}") from error
