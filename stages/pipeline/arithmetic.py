"""The same rounding on processors of different age.

Libraries pick the fastest code for the processor that they meet, and each code adds up in
an order of its own. All code here keeps to AVX2, which x86 processors have had since
2013 (Intel) and 2015 (AMD), unless ARITHMETIC=fast says otherwise. What still differs are
MKL's matrix products on AMD from those on Intel.
"""

import os
from pathlib import Path

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

    Where there is no AVX2, or no telling, they go on as they do by default; and where
    ARITHMETIC=fast asks for speed instead of the same bytes everywhere.
    """
    if os.environ.get("ARITHMETIC") == "fast":
        return
    if CPUINFO.exists() and "avx2" in CPUINFO.read_text().split():
        for name, value in AVX2.items():
            os.environ.setdefault(name, value)
