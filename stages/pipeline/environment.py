"""What the machine decides, not a parameter: environment variables."""

import os

from stages.pipeline.errors import UserError


def whole_number(variable: str, least: int, most: int, default: int | str = "") -> int:
    """Return the whole number that an environment variable holds.

    Raises:
        UserError: it holds something else, or is not set and has no default.
    """
    text = os.environ.get(variable, str(default))
    if not (text.isdecimal() and least <= int(text) <= most):
        raise UserError(
            f"{variable} must be a whole number from {least} to {most}, got {text!r}"
        )
    return int(text)
