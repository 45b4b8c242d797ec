"""The page's JavaScript, run by node instead of a browser."""

import json
import shutil
import subprocess

import pytest

from tests.project import ROOT

SCRIPTS = ROOT / "byhand/pages/scripts"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="no node: apt install nodejs")


def in_node(files: list[str], body: str, given=None):
    """Return what JavaScript returns that has `given` and all that these scripts define.

    There is no page: what looks for one, such as `document`, finds none.
    """
    scripts = [(SCRIPTS / file).read_text("utf-8") for file in files]
    given_here = "const given = JSON.parse(require('fs').readFileSync(0));"
    told = f"console.log(JSON.stringify((() => {{{body}}})()));"
    result = subprocess.run(
        [NODE, "-e", "\n".join([*scripts, given_here, told])],
        input=json.dumps(given),
        text=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
