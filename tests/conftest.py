"""Settings of all tests."""

import os

from hypothesis import settings

from stages.pipeline.arithmetic import keep_to_avx2
from stages.pipeline.network import stay_offline

keep_to_avx2()  # as stages do
stay_offline()
os.environ.setdefault("THREADS", "1")  # tests run on all cores already

settings.register_profile("project", deadline=None)  # the first example imports
settings.load_profile("project")
