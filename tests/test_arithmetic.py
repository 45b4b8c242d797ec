"""What a stage computes with: AVX2, whatever more the processor has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from byhand.pipeline.outputs import AVX2, CPUINFO

LIBRARIES = """
from byhand.pipeline.outputs import keep_to_avx2
keep_to_avx2()
import json, sys, numpy.lib.introspect, scipy.linalg, threadpoolctl, torch
exponential = numpy.lib.introspect.opt_func_info("^exp$", "float64")
print(json.dumps({
    "torch": torch.backends.cpu.get_cpu_capability(),
    "blas": [
        pool["architecture"]
        for pool in threadpoolctl.threadpool_info()
        if pool["internal_api"] == "openblas"
    ],
    "numpy": exponential["exp"]["dd"]["current"],
}), file=sys.stderr)
torch.nn.Conv2d(1, 6, 5)(torch.rand(2, 1, 28, 28))
"""


@pytest.mark.skipif(
    not CPUINFO.exists() or "avx2" not in CPUINFO.read_text().split(),
    reason="this processor has no AVX2",
)
def test_no_library_uses_more_than_avx2():
    result = subprocess.run(
        [sys.executable, "-c", LIBRARIES],
        env={k: v for k, v in os.environ.items() if k not in AVX2}
        | {"PYTHONPATH": str(Path(__file__).parents[1]), "ONEDNN_VERBOSE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(result.stderr) == {
        "torch": "AVX2",
        "blas": ["Haswell", "Haswell"],
        "numpy": "X86_V3",
    }
    # oneDNN, which runs convolutions, says what it keeps to
    assert ",cpu,isa:Intel AVX2\n" in result.stdout
