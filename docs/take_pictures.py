"""Take the README's pictures: the report's first screen, on a light and on a dark screen.

`make pictures` runs this after `make repro`. It needs Chromium. Each picture carries a
fingerprint of what it shows; `python -m docs.take_pictures check` fails if the report's
first screen is another by now.
"""

import hashlib
import io
import re
import sys
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.browser import CHROMIUM, REPORT, chromium, wait_for_charts

DOCS = Path(__file__).parent
PICTURES = {scheme: DOCS / f"report-{scheme}.png" for scheme in ("light", "dark")}
KEY = "first screen"


def main() -> None:
    if not REPORT.exists():
        sys.exit(f"{REPORT} is missing: make repro")
    now = fingerprint(REPORT.read_text(encoding="utf-8"))
    if sys.argv[1:] == ["check"]:
        for path in PICTURES.values():
            if Image.open(path).text.get(KEY) != now:
                sys.exit(
                    f"{path} shows another first screen than the report's: make pictures"
                )
        print("the README's pictures show the report's first screen")
        return
    if not CHROMIUM:
        sys.exit("no Chromium: apt install chromium")
    with chromium() as browser:
        for scheme, path in PICTURES.items():
            page = browser.new_page(
                viewport={"width": 1240, "height": 790}, color_scheme=scheme
            )
            page.goto(REPORT.as_uri())
            wait_for_charts(page)
            info = PngInfo()
            info.add_text(KEY, now)
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            image.quantize(256).save(path, pnginfo=info, optimize=True)


def fingerprint(report: str) -> str:
    """Return a hash of the page's looks, and of all that its first screen says.

    Numbers are left out: another processor rounds otherwise.
    """
    style = re.findall(r"<style>.*?</style>", report, re.DOTALL)
    shown = re.findall(r"<nav.*?</nav>|<header>.*?</header>", report, re.DOTALL)
    without_images = re.sub(r'src="data:[^"]*"', "", "".join(style + shown))
    words = re.sub(r"\d+(\.\d+)?", "", without_images)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


if __name__ == "__main__":
    main()
