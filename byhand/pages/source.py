"""The library's code, quoted from its files when the page is made."""

import ast
from pathlib import Path
from textwrap import dedent

BYHAND = Path(__file__).parents[1]
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef


def find(target: str) -> tuple[str, ast.ClassDef | ast.FunctionDef, range]:
    """Return a file's text, a function or a method in it, and the numbers of its lines.

    target: such as `scratch/mlp.py#relu`, or `scratch/mlp.py#MLP.learn`.

    Raises:
        ValueError: the file has no function of this name.
    """
    path, _, name = target.partition("#")
    text = (BYHAND / path).read_text(encoding="utf-8")
    node = ast.parse(text)
    for part in name.split("."):
        found = [n for n in node.body if getattr(n, "name", "") == part]
        if not found:
            raise ValueError(f"the report quotes {target}, which does not exist")
        node = found[0]
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return text, node, range(first, node.end_lineno + 1)


def quote(target: str) -> str:
    """Return a function's code without its docstring; `find` says what a target is."""
    text, node, numbers = find(target)
    lines = text.splitlines()[numbers[0] - 1 : numbers[-1]]
    if ast.get_docstring(node):
        docstring = node.body[0]
        del lines[docstring.lineno - numbers[0] : docstring.end_lineno - numbers[0] + 1]
    return dedent("\n".join(lines))


def lines_of_code(target: str) -> int:
    """Return how many lines a file, or a part as `quote` takes it, has without comments."""
    code = quote(target) if "#" in target else (BYHAND / target).read_text("utf-8")
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    lines = ast.unparse(tree).splitlines()
    return sum(line.strip() not in ("", "pass") for line in lines)
