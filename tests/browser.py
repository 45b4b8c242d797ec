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
    """Wait until every chart of the report is drawn, the 3-D ones too."""
    page.wait_for_function(
        "[...document.querySelectorAll('.chart')].every(c => c._fullData?.length)"
    )
    page.wait_for_timeout(1000)
