"""Which modules a Python file imports, and which files of this project it takes along."""

import ast
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def imported(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, and of what from them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body.clear()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return names


def closure(paths: Iterable[Path]) -> set[Path]:
    """Return Python files, and all files of this project that they import, directly or not.

    Modules that a file finds by their names as it runs, such as a model's, are not among them.
    """
    found, todo = set(), [*paths]
    while todo:
        found.add(path := todo.pop())
        for name in imported(path):
            module = ROOT / name.replace(".", "/")
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if file.exists() and file not in found:
                    todo.append(file)
    return found
