"""What a user can mend."""


class UserError(Exception):
    """The message is one sentence that names a file or a key, and says what is expected."""
