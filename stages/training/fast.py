"""ARITHMETIC=fast: matrix products by oneDNN, with all that the processor has.

MKL, by which PyTorch multiplies, leaves AVX-512 unused on AMD's processors; oneDNN, by which
PyTorch convolves, does not, and takes half the time: a third off an epoch of the perceptron
by hand. Processors without AVX-512 round differently then, and PyTorch has no public way to
ask oneDNN for a product: so it is for those who want it, and nothing rests on it.
"""

from functools import cache

import torch
from torch import Tensor

from stages.pipeline.errors import UserError


def product(left: Tensor, right: Tensor) -> Tensor:
    """Return left · right, (rows, columns), as `left @ right` does; of float32, by oneDNN."""
    if left.dtype != torch.float32 or 0 in (*left.shape, *right.shape):
        return torch.bmm(left[None], right[None])[0]
    linear = torch.ops.mkldnn._linear_pointwise
    return linear(left, right.T, None, "none", [], "")


@cache  # once a process
def multiply_by_onednn() -> torch.library.Library:
    """Put `product` in the place of what `@` calls on the CPU, for this process.

    Raises:
        UserError: this PyTorch has no oneDNN.
    """
    if not torch.backends.mkldnn.is_available():
        raise UserError("ARITHMETIC=fast needs oneDNN, which PyTorch has none of here")
    library = torch.library.Library("aten", "IMPL")
    library.impl("mm", product, "CPU")
    return library
