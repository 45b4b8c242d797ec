"""Settings of all tests, and what tests of several files share."""

import contextlib
import os
import subprocess

import pytest
from hypothesis import settings

from byhand.pipeline.runner import prepare
from tests.namespaces import joined

prepare()  # as stages do
os.environ.setdefault("THREADS", "1")  # tests run on all cores already

settings.register_profile("project", deadline=None)  # the first example imports
settings.load_profile("project")


@pytest.fixture
def namespaces():
    """Two network namespaces, where they can be made."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(joined())
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("network namespaces can't be made here")
