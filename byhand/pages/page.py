"""A page that needs no network: a template, with Plotly and the data of its charts in it."""

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


def share(value: float | None) -> str:
    """Return a share in [0, 1] in percent, without a line break; a dash for None."""
    return "–" if value is None else f"{100 * value:.1f}\u00a0%"


def as_script(content: Any) -> Markup:
    """Return JSON that is safe within a script element."""
    return Markup(json.dumps(content, ensure_ascii=False).replace("<", "\\u003c"))


TEMPLATES.filters["as_script"] = as_script
TEMPLATES.globals["share"] = share


def render(template: str, data: dict[str, Any], **content: Any) -> bytes:
    """Return a page.

    Args:
        template: name of a file in this folder.
        data: for the page's script, as `data`.
        content: for the template.
    """
    plotly = (files("plotly") / "package_data/plotly.min.js").read_text("utf-8")
    page = TEMPLATES.get_template(template).render(
        content, plotly=Markup(plotly), data=data
    )
    return page.encode()
