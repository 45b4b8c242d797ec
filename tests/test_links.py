"""Links from the report: into the clone, or to GitHub where GitHub Pages serves the page."""

import re

import pytest

from byhand.pages.links import link
from tests.browser import REPORT
from tests.node import in_node, needs_node
from tests.project import ROOT, run

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


@needs_node
def test_on_github_pages_the_project_is_known_by_its_address():
    given = [{"hostname": host, "pathname": name} for host, name in ADDRESSES]
    body = "return given.map((at) => projectAt(at)?.address ?? null);"
    assert in_node(["links.js"], body, given) == list(ADDRESSES.values())
