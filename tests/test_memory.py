"""What is freed is used again, not handed back and asked for anew."""

import subprocess
import sys

import pytest

AGAIN = """
import resource, sys
from stages.pipeline.memory import keep_freed_memory
if sys.argv[1:]:
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def batch():
    return [bytearray(30_000_000) for _ in range(3)]
batch()
before = faults()
batch()
print(faults() - before)
"""


def faults_of_a_second_batch(*arguments):
    command = [sys.executable, "-c", AGAIN, *arguments]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU's allocator")
def test_a_second_batch_finds_the_memory_of_the_first():
    assert faults_of_a_second_batch() > 10_000  # 90 MB in pages of 4 kB
    assert faults_of_a_second_batch("keep") < 100
