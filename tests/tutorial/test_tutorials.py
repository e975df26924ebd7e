"""Every tutorial runs as it is written, and its conclusion still holds.

Pages run at their short size; with ``RASHOMON_TUTORIAL=full`` in the environment, as ``make tutorials`` sets it, at
their full size.
"""

import ast
import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

FOLDER = ROOT / "tutorials"
PAGES = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
SIZE = os.environ.get("RASHOMON_TUTORIAL", "short")
SECONDS = {"short": 240, "full": 3600}
"""A short page takes under a minute; tests that run beside it slow it down."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def markdown(page):
    """The text of the cells that are no code."""
    cells = page.read_text(encoding="utf-8").split("# %%")
    return "".join(cell for cell in cells if cell.startswith(" [markdown]"))


def test_pages_are_found_and_listed():
    """The README of the tutorials names every page, and no other, in their order."""
    rows = [line for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [page.name for page in PAGES]
    assert len(PAGES) >= 2


def test_the_size_is_one_that_pages_know():
    """A misspelt size is an error, and not the short one."""
    assert SIZE in SECONDS


def test_numbers_of_pages_are_their_places():
    """Pages are numbered from 01 without a gap."""
    assert [page.name[:2] for page in PAGES] == [f"{place:02d}" for place in range(1, len(PAGES) + 1)]


@each_page
def test_page_begins_with_a_title(page):
    """The first cell is text, and its first line a title."""
    assert page.read_text(encoding="utf-8").startswith("# %% [markdown]\n# # ")


@each_page
def test_page_ends_with_a_check(page):
    """The last cell asserts what the page claims."""
    last = page.read_text(encoding="utf-8").rpartition("# %%")[2]
    assert any(isinstance(node, ast.Assert) for node in ast.parse(last).body)


@each_page
def test_page_that_can_use_scanpy_says_so(page):
    """Where code imports scanpy, the text names it."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert "scanpy" not in imported or "scanpy" in markdown(page)


@each_page
def test_page_runs(page, tmp_path):
    """The page runs from top to bottom in time, at its short size without scanpy, and leaves nothing where it runs."""
    folder = tmp_path / "work"
    folder.mkdir()
    environment = os.environ | {"MPLBACKEND": "Agg", "RASHOMON_TUTORIAL": SIZE}
    if SIZE == "short":
        # a folder that comes first on the path, in which scanpy cannot be imported
        hidden = tmp_path / "hidden"
        hidden.mkdir()
        (hidden / "scanpy.py").write_text("raise ImportError('hidden')")
        environment["PYTHONPATH"] = str(hidden)
    done = subprocess.run(
        [sys.executable, str(page)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS[SIZE],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout
    assert list(folder.iterdir()) == []
