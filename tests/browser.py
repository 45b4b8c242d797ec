"""The report in a headless Chromium: for its tests, and for the README's pictures of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.project import ROOT

REPORT = ROOT / "report/index.html"
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])),
    None,
)


@contextmanager
def chromium() -> Iterator:
    """Start Chromium, with WebGL by software, and end it at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--enable-unsafe-swiftshader"],
        )
        yield browser
        browser.close()


def wait_for_charts(page) -> None:
    """Draw every chart of the report, as for print, and wait until all are, the 3-D ones too."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(
        "[...document.querySelectorAll('.chart')].every(c => c._fullData?.length)"
    )
    page.wait_for_timeout(1000)
