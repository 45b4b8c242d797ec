"""Files out: whole or not at all, whatever ends the process, from any thread."""

import signal
import threading

import pytest

from byhand.pipeline.outputs import replacing, write_json
from tests.test_lifetime import interrupted


def test_an_output_that_fails_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "metrics.json"
    write_json(path, {"accuracy": 0.5})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"accuracy": float("nan")})
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == '{\n  "accuracy": 0.5\n}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_thread_writes_as_well(tmp_path):
    thread = threading.Thread(target=write_json, args=(tmp_path / "m.json", {"a": 1}))
    thread.start()
    thread.join()
    assert (tmp_path / "m.json").read_text() == '{\n  "a": 1\n}\n'


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interruption_leaves_the_old_output_and_what_the_next_run_overwrites(
    tmp_path, number
):
    path = tmp_path / "output"
    path.write_text("old")
    code = """
with replacing(Path("output")) as temporary:
    temporary.write_text("half")
    interrupt()
"""
    result = interrupted(tmp_path, number, code)
    assert (result.returncode, result.stderr) == (-number, "")
    assert path.read_text() == "old"
    # git and DVC ignore it
    assert {p.name for p in tmp_path.iterdir()} == {"output", ".output.part"}
    with replacing(path) as temporary:
        temporary.write_text("new")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "new"
