import ast
import re
import statistics
from pathlib import Path

from tests.architecture.source import MODULES, ROOT, SRC, short, tree

LINES = 400
DRAWERS = {"common", "data2", "handler", "helper", "helpers", "manager", "misc", "util", "utils"}
# words that promise work instead of doing it
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
TEXT = {path: path.read_text(encoding="utf-8") for path in MODULES}


def offenders(is_bad):
    """Modules for which `is_bad` holds."""
    return [short(path) for path in MODULES if is_bad(path)]


def test_modules_are_found():
    """The laws below speak about modules that exist."""
    assert SRC / "core" / "digest.py" in MODULES


def test_modules_are_small():
    """No module has more than 400 lines, and half of them have at most 140."""
    lines = {path: len(text.splitlines()) for path, text in TEXT.items()}
    assert offenders(lambda path: lines[path] > LINES) == []
    assert statistics.median(lines.values()) <= 140


def test_modules_say_what_they_are():
    """Every module opens with a docstring; those with code postpone the evaluation of annotations."""
    assert offenders(lambda path: not ast.get_docstring(tree(path))) == []
    future = "from __future__ import annotations"
    assert offenders(lambda path: len(tree(path).body) > 1 and future not in TEXT[path].splitlines()) == []


def test_nothing_is_unfinished():
    """No module promises work that is not done."""
    assert offenders(lambda path: UNFINISHED.search(TEXT[path])) == []


def test_only_the_command_line_prints():
    """Rooms return values and tell listeners; nothing but the command line calls print."""

    def prints(path):
        calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
        return "print" in map(ast.unparse, calls)

    assert offenders(lambda path: path != SRC / "cli.py" and prints(path)) == []


def test_modules_are_named_by_their_concept():
    """There is no drawer for what has no place."""
    assert offenders(lambda path: path.stem in DRAWERS) == []


def test_no_path_of_a_machine_is_written_down():
    """Source and settings name neither the folder of this checkout nor the home of who runs it."""
    folders = [f"{folder}/" for folder in (ROOT, ROOT.parent, Path.home()) if folder != Path(folder.anchor)]
    settings = [path for path in (*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / ".ci" / "run") if path.is_file()]
    text = {short(path): path.read_text(encoding="utf-8") for path in (*MODULES, *settings)}
    assert [f"{name}: {folder}" for name in text for folder in folders if folder in text[name]] == []
