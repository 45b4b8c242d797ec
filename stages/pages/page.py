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


def render(template: str, data: dict[str, Any], **content: Any) -> bytes:
    """Return a page.

    Args:
        template: its name, in this folder.
        data: what the page's script reads, as `data`.
        content: what the template is filled with.
    """
    plotly = (files("plotly") / "package_data/plotly.min.js").read_text("utf-8")
    page = TEMPLATES.get_template(template).render(
        content,
        plotly=Markup(plotly),
        data=Markup(json.dumps(data).replace("</", "<\\/")),
    )
    return page.encode()
