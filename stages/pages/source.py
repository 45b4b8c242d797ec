"""Functions of the pipeline's own code, as they stand in its files when the page is made."""

import ast
from pathlib import Path
from textwrap import dedent

STAGES = Path(__file__).parents[1]
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef


def quote(target: str) -> str:
    """Return a function, or a method, without its docstring.

    Args:
        target: as `scratch/mlp.py#MLP.learn`.

    Raises:
        ValueError: the file has no function of that name.
    """
    path, _, name = target.partition("#")
    text = (STAGES / path).read_text(encoding="utf-8")
    node = ast.parse(text)
    for part in name.split("."):
        found = [n for n in node.body if getattr(n, "name", "") == part]
        if not found:
            raise ValueError(f"the report quotes {target}, which is not there")
        node = found[0]
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    if ast.get_docstring(node):
        said = node.body[0]
        del lines[said.lineno - first : said.end_lineno - first + 1]
    return dedent("\n".join(lines))


def lines_of_code(path: Path) -> int:
    """Return how many lines a Python file has without comments, docstrings and blank ones."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    lines = ast.unparse(tree).splitlines()
    return sum(line.strip() not in ("", "pass") for line in lines)
