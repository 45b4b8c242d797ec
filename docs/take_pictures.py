"""Take the README's pictures of the report: XOR in 3-D, on a light and on a dark screen.

`make pictures` runs this after `make repro`. It needs Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
REPORT = DOCS.parent / "report/index.html"
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


def main() -> None:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chromium:
        sys.exit(f"none of {', '.join(BROWSERS)} is installed")
    if not REPORT.exists():
        sys.exit(f"{REPORT} is missing: make repro")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--enable-unsafe-swiftshader"],
        )
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": 1250, "height": 900}, color_scheme=scheme
            )
            page.goto(REPORT.as_uri())
            page.wait_for_function(
                "[...document.querySelectorAll('.chart')].every(c => c._fullData?.length)"
            )
            page.wait_for_timeout(2000)  # until the 3-D charts are drawn
            scenes = page.locator(".grid:has(#chart-scene-mlp_xor_scratch)")
            scenes.screenshot(path=DOCS / f"report-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
