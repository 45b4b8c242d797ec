"""Environment variables: settings that depend on the machine and change no result."""

import os
import re
from urllib.parse import unquote

from byhand.pipeline.errors import UserError

URL = re.compile(r"([\w+]+://)?(?:([^:@]*):?(.*)@)?(.*)", re.DOTALL)


def whole_number(
    variable: str, least: int, most: int, default: int | None = None
) -> int:
    """Return the whole number that a variable holds, or raise a UserError if it has none."""
    text = os.environ.get(variable)
    if text is None and default is not None:
        return default
    if not (text and text.isdecimal() and least <= int(text) <= most):
        given = "is not set" if text is None else f"got {text!r}"
        raise UserError(
            f"{variable} must be a whole number from {least} to {most}, {given}"
        )
    return int(text)


def split_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """Split scheme://USER:PASSWORD@REST into scheme://REST, fit for a message, and the login.

    Returns:
        The URL without a login, and (user, password), or None if the URL has none.
    """
    scheme, user, password, rest = URL.fullmatch(url).groups(default="")
    return scheme + rest, (unquote(user), unquote(password)) if user else None


def spare_loopback() -> None:
    """Let no proxy of the environment stand between this process and its own machine."""
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if given != "*":
        os.environ["no_proxy"] = ",".join(filter(None, [given, "localhost,127.0.0.1"]))
