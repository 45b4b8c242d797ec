"""The report's text in both languages; its style sheet shows one of them."""

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

WORDS: dict[str, str] = json.loads(
    Path(__file__).with_name("words.json").read_text("utf-8")
)


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


def chinese(text: str) -> str:
    """Return a text's Chinese in words.json, else the text itself."""
    return WORDS.get(text, text)


def in_both(text: str) -> str:
    """Return a text and its Chinese, for attributes, which can't hide one of them."""
    return f"{text} {WORDS[text]}" if text in WORDS else text


# what a template in both languages is rendered with
IN_BOTH_LANGUAGES = {
    "both": both,
    "in_both": in_both,
    "say": say,
    "named": named,
    "dictionary": WORDS,
}
