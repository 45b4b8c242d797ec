"""No library of Hugging Face's asks the network, or leaves a cache behind."""

import os
import sys
import tempfile

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HOME": os.devnull,  # nothing here needs one: what tried to write there would fail
    # PyTorch makes a folder for compiled code when it is imported, though none is compiled
    "TORCHINDUCTOR_CACHE_DIR": tempfile.gettempdir(),
}
WITHOUT_BARS = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",  # transformers' as well
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
}


def stay_offline() -> None:
    """Set what the libraries read when they are imported; bars are for terminals alone."""
    os.environ |= OFFLINE
    if not sys.stderr.isatty():
        os.environ |= WITHOUT_BARS
