"""Code as the page shows it: in colour, its comments in both languages."""

from itertools import groupby

from markupsafe import Markup
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator, String

from byhand.pages.words import WORDS, both

# tokens that have a colour, and the class of that colour
COLOURED = {
    Comment: "comment",
    Keyword: "keyword",
    Operator.Word: "keyword",
    String: "string",
}


def coloured(code: str) -> Markup:
    """Return Python code as HTML, with a span around each comment, keyword and string."""
    tokens = [(colour(kind), text) for kind, text in PythonLexer().get_tokens(code)]
    parts = []
    for name, group in groupby(tokens, key=lambda token: token[0]):
        text = "".join(text for _, text in group)
        shown = comment(text) if name == "comment" else text
        span = Markup('<span class="{}">{}</span>').format(name, shown)
        parts.append(span if name else text)
    return Markup().join(parts)


def colour(kind) -> str:
    """Return the class of a token's colour, or an empty string."""
    return next((name for parent, name in COLOURED.items() if kind in parent), "")


def comment(text: str) -> Markup | str:
    """Return a comment in both languages if words.json has it, else the comment itself."""
    words = text.removeprefix("# ")
    if words not in WORDS:
        return text
    return both({"en": text, "zh": f"# {WORDS[words]}"})
