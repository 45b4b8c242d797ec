"""Links from the report: into the clone, or to GitHub where GitHub Pages serves the page."""

import json
import re
import shutil
import subprocess

import pytest

from byhand.pages.links import link
from tests.browser import REPORT
from tests.project import ROOT, run

NODE = shutil.which("node")
ADDRESSES = {
    ("owner.github.io", "/project/"): "https://github.com/owner/project",
    ("owner.github.io", "/project/index.html"): "https://github.com/owner/project",
    ("owner.github.io", "/"): "https://github.com/owner/owner.github.io",
    ("", "/home/me/project/report/index.html"): None,
    ("example.com", "/project/"): None,
}


@pytest.mark.skipif(not REPORT.exists(), reason="no report yet: make repro")
def test_real_data_every_link_into_the_project_names_a_file_of_it():
    page = REPORT.read_text(encoding="utf-8")
    linked = set(re.findall(r'href="\.\./([^"#]+)', page))
    assert {"params.yaml", "byhand/scratch/mlp.py", "docs/titanic.md"} <= linked
    assert linked <= set(run(ROOT, "git", "ls-files").stdout.split())


def test_a_link_leads_out_of_the_reports_folder():
    assert link("a.py", "#L1-L2") == '<a href="../a.py#L1-L2"><code>a.py</code></a>'


@pytest.mark.skipif(not NODE, reason="no node: apt install nodejs")
def test_on_github_pages_the_project_is_known_by_its_address():
    path = json.dumps(str(ROOT / "byhand/pages/links.js"))
    given = [{"hostname": host, "pathname": name} for host, name in ADDRESSES]
    program = (
        f"const {{ projectAt }} = require({path});"
        f"const found = {json.dumps(given)}.map((at) => projectAt(at)?.address ?? null);"
        "console.log(JSON.stringify(found));"
    )
    done = subprocess.run(
        [NODE, "-e", program], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == list(ADDRESSES.values())
