"""A page that needs no network: a template, with Plotly and the data of its charts in it.

The page has its text in both languages; its style sheet shows one of them.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
WORDS: dict[str, str] = json.loads((FOLDER / "words.json").read_text("utf-8"))


def both(texts: dict[str, Any]) -> Markup:
    """Return a text in each language; the keys are the languages."""
    span = Markup('<span lang="{}">{}</span>').format
    return Markup().join(span(language, text) for language, text in texts.items())


def say(text: str, *values: Any) -> Markup:
    """Return an English text and its Chinese in words.json; values replace its {}."""
    texts = {"en": text, "zh": WORDS[text]}
    return both({k: Markup(t).format(*values) for k, t in texts.items()})


def named(text: str) -> Markup | str:
    """Return a name in both languages if words.json has it, else the name itself."""
    return both({"en": text, "zh": WORDS[text]}) if text in WORDS else text


def share(value: float | None) -> str:
    """Return a share in [0, 1] in percent, without a line break; a dash for None."""
    return "–" if value is None else f"{100 * value:.1f}\u00a0%"


def as_script(content: Any) -> Markup:
    """Return JSON that is safe within a script element."""
    return Markup(json.dumps(content, ensure_ascii=False).replace("<", "\\u003c"))


TEMPLATES.filters["as_script"] = as_script
TEMPLATES.globals |= {"both": both, "say": say, "named": named, "share": share}


def render(template: str, data: dict[str, Any], **content: Any) -> bytes:
    """Return a page.

    Args:
        template: name of a file in this folder.
        data: for the page's script, as `data`.
        content: for the template.
    """
    plotly = (files("plotly") / "package_data/plotly.min.js").read_text("utf-8")
    page = TEMPLATES.get_template(template).render(
        content, plotly=Markup(plotly), data=data, dictionary=WORDS
    )
    return page.encode()
