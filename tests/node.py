"""The page's JavaScript, run by node."""

import json
import shutil
import subprocess

from tests.project import ROOT

NODE = shutil.which("node")


def in_node(script: str, body: str, given):
    """Return what JavaScript returns that has `given`, and a script's functions as `page`."""
    path = json.dumps(str(ROOT / "byhand/pages" / script))
    program = (
        f"const page = require({path});"
        "const given = JSON.parse(require('fs').readFileSync(0));"
        f"console.log(JSON.stringify((() => {{{body}}})()));"
    )
    result = subprocess.run(
        [NODE, "-e", program],
        input=json.dumps(given),
        text=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
