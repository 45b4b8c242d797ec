"""Environment variables: settings that depend on the machine and change no result."""

import os

from byhand.pipeline.errors import UserError


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
