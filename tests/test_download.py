"""Fashion-MNIST's sources, on small files of our own and servers on this machine."""

import gzip
import hashlib
import http.server
import threading

import pytest

from byhand.datasets import fashion_mnist as sources
from byhand.pipeline.errors import UserError
from stages import download

FILES = {name: f"content of {name}".encode() for name in sources.SHA256}


@pytest.fixture(autouse=True)
def small_files(monkeypatch):
    """Let four short files be the real ones."""
    hashes = {n: hashlib.sha256(content).hexdigest() for n, content in FILES.items()}
    for name, value in hashes.items():
        monkeypatch.setitem(sources.SHA256, name, value)


@pytest.fixture
def folder(tmp_path):
    """A folder with two plain and two compressed files."""
    for i, (name, content) in enumerate(FILES.items()):
        if i % 2:
            (tmp_path / name).write_bytes(content)
        else:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path


def test_a_folder_serves_files_plain_or_compressed(folder):
    files = sources.from_folder(folder)
    sources.verify(files)
    assert files == FILES


def test_a_folder_that_lacks_a_file_is_unavailable(folder):
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(sources.Unavailable, match="no t10k-labels-idx1-ubyte or"):
        sources.from_folder(folder)


def test_a_truncated_file_is_unavailable(folder):
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(sources.Unavailable, match="not a whole gzip file"):
        sources.from_folder(folder)


def test_a_flipped_bit_is_found():
    name = "train-images-idx3-ubyte"
    flipped = FILES | {name: bytes([FILES[name][0] ^ 1]) + FILES[name][1:]}
    with pytest.raises(sources.Unavailable, match=f"{name} is not Fashion-MNIST's"):
        sources.verify(flipped)


class Mirror(http.server.BaseHTTPRequestHandler):
    """A mirror whose first part of the path says how it behaves."""

    def do_GET(self):
        _, behaviour, name = self.path.split("/")
        content = gzip.compress(FILES[name.removesuffix(".gz")])
        if behaviour == "missing":
            self.send_error(404)
            return
        if behaviour == "hanging":
            release.wait(10)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if behaviour == "good":
            self.wfile.write(content)
        elif behaviour == "webpage":
            self.wfile.write(b"<html>".ljust(len(content)))
        elif behaviour == "breaking":
            self.wfile.write(content[:9])

    def log_message(self, *args):
        pass


release = threading.Event()  # set when a test has ended: nobody waits any longer


@pytest.fixture
def mirrors(monkeypatch):
    """Let torchvision name mirrors of these behaviours."""
    release.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(sources, "MIRROR_TIMEOUT", 0.2)

    def name(*behaviours):
        from torchvision.datasets import FashionMNIST

        address = f"http://127.0.0.1:{server.server_port}"
        urls = [f"{address}/{behaviour}/" for behaviour in behaviours]
        monkeypatch.setattr(FashionMNIST, "mirrors", urls)

    yield name
    release.set()
    server.shutdown()


def test_the_next_mirror_serves_where_one_fails(mirrors):
    mirrors("missing", "hanging", "webpage", "breaking", "good")
    assert sources.from_mirrors() == FILES


def test_no_mirror_says_why_each_failed(mirrors):
    mirrors("missing", "hanging", "webpage", "breaking")
    with pytest.raises(sources.Unavailable) as error:
        sources.from_mirrors()
    missing, hanging, webpage, breaking = str(error.value).split("; ")
    assert "404" in missing
    assert "timed out" in hanging
    assert "not a whole gzip file" in webpage
    assert "IncompleteRead" in breaking


def test_the_stage_takes_the_folder_of_the_environment(folder, monkeypatch, tmp_path):
    workplace = tmp_path / "workplace"
    workplace.mkdir()
    monkeypatch.chdir(workplace)
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    download.main()
    raw = workplace / "data/FashionMNIST/raw"
    written = {path.name: path.read_bytes() for path in raw.iterdir()}
    names = written.pop("classes.txt").decode().splitlines()
    assert written == FILES
    assert (names[0], len(names), names[-1]) == ("t-shirt", 10, "ankle boot")


def test_the_stage_says_what_it_tried_and_what_to_do(monkeypatch, tmp_path):
    def fails(reason):
        def source():
            raise sources.Unavailable(reason)

        return source

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        download, "SOURCES", {"one": fails("is empty"), "two": fails("is far")}
    )
    with pytest.raises(UserError) as error:
        download.main()
    assert "one: is empty; two: is far" in str(error.value)
    assert "FASHION_MNIST_DIR=" in str(error.value)
    assert not list(tmp_path.iterdir())
