"""What a user can mend."""


class UserError(Exception):
    """The message is one sentence that names a file or a key, and says what is expected."""


def first_line(error: Exception) -> str:
    """Return the first line of an error's message; a stack may follow it."""
    return str(error).partition("\n")[0].rstrip(".")
