"""Take the README's pictures of the report: XOR in a plane, on a light and on a dark screen.

`make pictures` runs this after `make repro`. It needs Chromium.
"""

import sys
from pathlib import Path

from tests.browser import CHROMIUM, REPORT, chromium, wait_for_charts

DOCS = Path(__file__).parent


def main() -> None:
    if not CHROMIUM:
        sys.exit("no Chromium: apt install chromium")
    if not REPORT.exists():
        sys.exit(f"{REPORT} is missing: make repro")
    with chromium() as browser:
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": 1240, "height": 900}, color_scheme=scheme
            )
            page.goto(REPORT.as_uri())
            wait_for_charts(page)
            page.locator(".story").screenshot(path=DOCS / f"report-{scheme}.png")


if __name__ == "__main__":
    main()
