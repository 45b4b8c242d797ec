"""Keep libraries from the network, and from leaving a cache behind."""

import os
import sys
import tempfile

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HOME": os.devnull,  # nothing here writes there
    # PyTorch makes a folder for compiled code at import, though nothing is compiled
    "TORCHINDUCTOR_CACHE_DIR": tempfile.gettempdir(),
}
BARS = ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_DATASETS_DISABLE_PROGRESS_BARS")


def stay_offline() -> None:
    """Set what the libraries read at import; progress bars are for terminals only."""
    os.environ |= OFFLINE
    if not sys.stderr.isatty():
        os.environ |= dict.fromkeys(BARS, "1")
