"""`hf upload` of what is in hub/, the real command, against a stand-in of the Hub.

The stand-in speaks as much of the Hub's HTTP interface as an upload needs, on loopback, with
git-LFS for large files. Xet, which the Hub prefers for these today, is not covered.
"""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch

from byhand.datasets.folder import Dataset, Part
from byhand.huggingface.data import write_dataset
from byhand.huggingface.models import write_model
from byhand.huggingface.space import write_space
from byhand.training.kinds.softmax import Softmax
from tests.project import PLAIN, run
from tests.test_models import COMMON

TOKEN = "hf_test"
LARGE = {".parquet", ".png", ".safetensors"}  # as the Hub's .gitattributes has them


class Hub(ThreadingHTTPServer):
    """What was created, and each repository's files by path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.created, self.large, self.files = [], {}, {}
        self.endpoint = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of an upload."""

    def log_message(self, *_):
        """Say nothing."""

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, content, status=200):
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self):
        data = self.body()
        oid = self.path.rpartition("/")[2]
        assert hashlib.sha256(data).hexdigest() == oid
        self.server.large[oid] = data
        self.answer({})

    def do_POST(self):
        body, hub = self.body(), self.server
        if "/lfs/" not in self.path:
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        match self.path.strip("/").split("/"):
            case "api", "repos", "create":
                asked = json.loads(body)
                hub.created.append((asked.get("type", "model"), asked))
                name = f"{asked.get('organization', 'tester')}/{asked['name']}"
                self.answer({"url": f"{hub.endpoint}/{name}", "id": name})
            case "api", "validate-yaml":
                self.answer({"errors": [], "warnings": []})
            case "api", _, _, _, "preupload", "main":
                files = [
                    {
                        "path": file["path"],
                        "uploadMode": "lfs"
                        if Path(file["path"]).suffix in LARGE
                        else "regular",
                        "shouldIgnore": False,
                        "oid": None,
                    }
                    for file in json.loads(body)["files"]
                ]
                self.answer({"files": files})
            case *_, "info", "lfs", "objects", "batch":
                objects = [
                    asked
                    | {
                        "actions": {
                            "upload": {"href": f"{hub.endpoint}/lfs/{asked['oid']}"}
                        }
                    }
                    for asked in json.loads(body)["objects"]
                ]
                self.answer({"transfer": "basic", "objects": objects})
            case "api", kind, owner, name, "commit", "main":
                files = hub.files.setdefault(f"{kind}/{owner}/{name}", {})
                for line in map(json.loads, body.splitlines()):
                    value = line["value"]
                    if line["key"] == "file":
                        assert value["encoding"] == "base64"
                        files[value["path"]] = base64.b64decode(value["content"])
                    if line["key"] == "lfsFile":
                        files[value["path"]] = hub.large[value["oid"]]
                url = f"{hub.endpoint}/{owner}/{name}/commit/1"
                self.answer({"commitUrl": url, "commitOid": "1" * 40})
            case _:
                self.answer({"error": f"no {self.path} here"}, 404)


@pytest.fixture
def hub():
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def upload(hub, home, *arguments):
    env = PLAIN | {
        "HF_ENDPOINT": hub.endpoint,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    run(home.parent, "hf", "upload", *map(str, arguments), env=env)


def write(kind, folder):
    """Write a small folder of the kind, as the stage hub does."""
    rng = np.random.default_rng(0)
    part = Part(rng.integers(256, size=(9, 1, 4, 4)).astype(np.uint8), np.arange(9) % 3)
    dataset = Dataset(part, part, ["a", "b", "c"], [])
    if kind == "dataset":
        write_dataset(folder, {"default": dataset}, "# Data", license="mit")
    elif kind == "space":
        write_space(folder, ["m"], dataset)
    else:
        block = Softmax(**COMMON, kind="softmax", how="scratch", dtype="float32")
        arrays = [torch.ones(3, 16), torch.ones(3)]
        write_model(folder, block, arrays, dataset.shape, dataset.class_names)


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_hf_upload_sends_every_file_as_it_is(hub, tmp_path, kind):
    folder = tmp_path / "folder"
    write(kind, folder)
    upload(hub, tmp_path / "home", "tester/it", folder, "--repo-type", kind)
    assert [k for k, _ in hub.created] == [kind]
    if kind == "space":
        assert hub.created[0][1]["sdk"] == "gradio"
    sent = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert hub.files == {f"{kind}s/tester/it": sent}
