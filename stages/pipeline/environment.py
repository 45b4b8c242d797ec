"""What the machine decides, not a parameter: environment variables."""

import os

from stages.pipeline.errors import UserError


def whole_number(
    variable: str, least: int, most: int, default: int | None = None
) -> int:
    """Return the whole number that an environment variable holds.

    Raises:
        UserError: it holds something else, or is not set and has no default.
    """
    text = os.environ.get(variable)
    if text is None and default is not None:
        return default
    if not (text and text.isdecimal() and least <= int(text) <= most):
        given = "is not set" if text is None else f"got {text!r}"
        raise UserError(
            f"{variable} must be a whole number from {least} to {most}, {given}"
        )
    return int(text)
