"""The house's own source, walked by the laws."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "shop"
TEMPLATES = ROOT / "templates"
SKIPPED = {".venv", ".git", "__pycache__", "var", "build", "dist", "test-output"}


def files(*suffixes: str, under: Path = ROOT) -> Iterator[Path]:
    """Yield every file of the project with one of these suffixes."""
    for path in sorted(under.rglob("*")):
        inside = path.relative_to(ROOT).parts
        hidden = any(part in SKIPPED or part.startswith(".") for part in inside)
        if path.suffix in suffixes and path.is_file() and not hidden:
            yield path


def name(path: Path) -> str:
    """Return a file's name as people say it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def nodes(path: Path) -> Iterator[ast.AST]:
    """Yield every node of a Python file."""
    yield from ast.walk(tree(path))


def dotted(node: ast.AST) -> str:
    """Return a name or attribute as written (`datetime.now`), or nothing for any other expression."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def is_view(path: Path) -> bool:
    """Tell whether a file holds views."""
    inside = path.relative_to(SHOP).parts
    return inside[-1].removesuffix(".py") == "views" or "views" in inside[:-1]


def report(found: list[str], what_to_do: str) -> str:
    """Return a law's message: where it is broken, and what to do."""
    return f"{what_to_do}\n  " + "\n  ".join(found)
