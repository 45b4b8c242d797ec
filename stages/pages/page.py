"""A page that needs no network: a template, with Plotly and the data of its charts in it.

What it says stands in both languages, and its style sheet shows one of them.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

WORDS: dict[str, str] = json.loads(
    Path(__file__).with_name("words.json").read_text("utf-8")
)


def both(texts: dict[str, Any]) -> Markup:
    """Return a text in each language, by the language's name."""
    span = Markup('<span lang="{}">{}</span>').format
    return Markup().join(span(language, text) for language, text in texts.items())


def say(text: str, *values: Any) -> Markup:
    """Return an English text and its Chinese in words.json, with values for its {}."""
    texts = {"en": text, "zh": WORDS[text]}
    return both({k: Markup(t).format(*values) for k, t in texts.items()})


def named(text: str) -> Markup | str:
    """Return a name in both languages, if it is a word, and as it is if it is not."""
    return say(text) if text in WORDS else text


def share(value: float | None) -> str:
    """Return a share in [0, 1] as percents, on one line; of what there is not, a dash."""
    return "–" if value is None else f"{100 * value:.1f}\u00a0%"


def as_script(content: Any) -> Markup:
    """Return JSON as it may stand within a script element."""
    return Markup(json.dumps(content, ensure_ascii=False).replace("</", "<\\/"))


TEMPLATES.filters["as_script"] = as_script
TEMPLATES.globals |= {"both": both, "say": say, "named": named, "share": share}


def render(template: str, data: dict[str, Any], **content: Any) -> bytes:
    """Return a page.

    Args:
        template: its name, in this folder.
        data: what the page's script reads, as `data`.
        content: what the template is filled with.
    """
    plotly = (files("plotly") / "package_data/plotly.min.js").read_text("utf-8")
    page = TEMPLATES.get_template(template).render(
        content, plotly=Markup(plotly), data=data, dictionary=WORDS
    )
    return page.encode()
