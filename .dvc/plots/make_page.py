"""Write the page around DVC's plots with Vega's scripts in it, so that it needs no network.

DVC's own page loads them from elsewhere. `make` writes this one to .venv/plots.html, and
tells DVC to look there, in .dvc/config.local.
"""

import sys
from pathlib import Path

from vl_convert import javascript_bundle

page = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
Path(sys.argv[1]).write_text(
    page.replace(
        "{vega}", javascript_bundle(vl_version="5.20").replace("</script", "<\\/script")
    ),
    encoding="utf-8",
)
