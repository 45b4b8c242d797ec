"""Fail if a link of a page leads nowhere, or the READMEs don't show the same code."""

import re
import sys
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]


def main() -> None:
    pages = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in [*map(ROOT.joinpath, READMES), *sorted(ROOT.glob("docs/*.md"))]
    }
    failures = [
        f"{name}: {link} is no file of the project"
        for name, text in pages.items()
        for link in re.findall(r"(?:\]\(|src(?:set)?=\")(?!http)([^)\"#]+)", text)
        if not (ROOT / name).parent.joinpath(link).exists()
    ]
    failures += [
        f"only one README has, in this place:\n{one}\nand the other:\n{other}"
        for one, other in zip_longest(*(code_blocks(pages[name]) for name in READMES))
        if one != other
    ]
    if failures:
        sys.exit("\n".join(failures))
    print("links lead to files, and the READMEs show the same code")


def code_blocks(text: str) -> list[str]:
    """Return the commands and files that a README shows, without their comments."""
    blocks = re.findall(r"```(?:sh|yaml|python)\n(.*?)```", text, re.DOTALL)
    return [re.sub(r" +# .*", "", block) for block in blocks]


if __name__ == "__main__":
    main()
