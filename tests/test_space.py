"""The Space in a browser: it draws, it answers, and asks no one else."""

import os
import shlex
import subprocess
import urllib.error
import urllib.request

import numpy as np
import pytest
import torch

from byhand.datasets.folder import Dataset, Part
from byhand.huggingface.models import write_model
from byhand.huggingface.space import write_space
from byhand.training import models
from byhand.training.kinds.mlp import MLP
from tests.browser import CHROMIUM, chromium
from tests.project import ROOT
from tests.test_models import COMMON

PYTHON = ROOT / ".venv-space/bin/python"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="no Gradio yet: make space gets it"
)

CLASSES = ["dark", "light"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A folder with two models of images, and a Space beside them."""
    folder = tmp_path_factory.mktemp("hub")
    images = np.zeros((2, 1, 28, 28), dtype=np.uint8)
    images[1] = 255
    part = Part(images, np.arange(2))
    dataset = Dataset(part, part, CLASSES, [])
    block = MLP(**COMMON, kind="mlp", how="scratch", dtype="float32", hidden=[4])
    for name in ("one", "two"):
        model = models.build(block, (1, 28, 28), 2, torch.device("cpu"))
        arrays = list(models.tensors(model).values())
        write_model(folder / name, block, arrays, dataset.shape, CLASSES)
    write_space(folder / "space", ["one", "two"], dataset)
    return folder


@pytest.fixture(scope="module")
def space(hub, tmp_path_factory):
    """The address of a Space that runs as `make space` runs it, though there is a proxy."""
    lines = (ROOT / "Makefile").read_text().splitlines()
    words = shlex.split(next(line for line in lines if line.endswith("space/app.py")))
    of_make = dict(word.split("=") for word in words if "=" in word)
    environment = os.environ | {
        "all_proxy": "socks5://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "HF_HOME": str(tmp_path_factory.mktemp("home")),
        "PYTHONUNBUFFERED": "1",
        **of_make,
    }
    process = subprocess.Popen(
        [PYTHON, hub / "space/app.py"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield next(line.split()[-1] for line in process.stdout if "local URL" in line)
    finally:
        process.terminate()
        process.wait()


def test_it_starts_behind_a_proxy_and_hands_out_no_file(space):
    with urllib.request.urlopen(space) as page:
        assert page.status == 200
    for path in (ROOT / "params.yaml", "/etc/passwd"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{space}/gradio_api/file={path}")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_it_draws_answers_and_asks_no_one_else(space):
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(space)
        answers = page.locator(".output-class")
        page.get_by_label("Thumbnail 2 of 2").click()
        answers.nth(1).wait_for()
        assert {*answers.all_inner_texts()} <= {*CLASSES}

        page.get_by_role("tab", name="Draw").click()
        page.get_by_label("Brush").click()
        compare = page.get_by_role("button", name="Compare")
        compare.click()
        page.get_by_text("There is no picture yet.").wait_for()
        canvas = page.locator("canvas").last.bounding_box()
        x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2
        page.mouse.move(x - 40, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=9)
        page.mouse.up()
        page.get_by_label("two", exact=True).uncheck()
        seen = page.locator(".image-frame img, .image-container img").last
        before = seen.get_attribute("src")
        compare.click()
        page.wait_for_function(
            "([image, before]) => image.src != before",
            arg=[seen.element_handle(), before],
        )
        assert answers.count() == 1
        assert answers.inner_text() in CLASSES
        others = [url for url in asked if not url.startswith((space, "data:", "blob:"))]
        assert others == []
