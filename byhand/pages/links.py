"""Links from the page to files of this project, and to the book's repository."""

from markupsafe import Markup

from byhand.pages.source import find

BOOK = Markup('<a href="https://github.com/AI-Project/scratch">AI-Project/scratch</a>')


def link(path: str, place: str = "") -> Markup:
    """Return a link to a file of this project, and to a place in the file, such as #L3-L9.

    The page lies in report/, one folder deep. On GitHub Pages, links.js changes the address.
    """
    address = f"../{path}{place}"
    return Markup('<a href="{}"><code>{}</code></a>').format(address, path)


def source(target: str) -> Markup:
    """Return a link to the lines of a function; `find` says what a target is."""
    path, _ = target.split("#")
    _, _, lines = find(target)
    return link(f"byhand/{path}", f"#L{lines[0]}-L{lines[-1]}")
