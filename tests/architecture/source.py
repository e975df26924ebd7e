"""The source tree as the architecture tests see it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "rashomon"
MODULES = sorted(path for path in SRC.rglob("*.py"))


def short(path):
    """The path below the root, for test ids and messages."""
    return str(path.relative_to(ROOT))


def tree(path):
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
