"""Settings of all tests."""

from hypothesis import settings

settings.register_profile("project", deadline=None)  # the first example imports
settings.load_profile("project")
