"""Every tutorial runs as it is written, and its conclusion still holds."""

import ast
import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

FOLDER = ROOT / "tutorials"
PAGES = sorted(FOLDER.glob("*.py"))
SECONDS = 180
"""A page takes under a minute; tests that run beside it slow it down."""


def test_pages_are_found_and_listed():
    """The README of the tutorials names every page, and no other."""
    rows = [line for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [page.name for page in PAGES]
    assert len(PAGES) >= 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_ends_with_a_check(page):
    """The last cell asserts what the page claims."""
    last = page.read_text(encoding="utf-8").rpartition("# %%")[2]
    assert any(isinstance(node, ast.Assert) for node in ast.parse(last).body)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_runs(page, tmp_path):
    """The page runs from top to bottom in time, without scanpy, and leaves nothing behind where it runs."""
    # a folder that comes first on the path, in which scanpy cannot be imported
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "scanpy.py").write_text("raise ImportError('hidden')")
    folder = tmp_path / "work"
    folder.mkdir()
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(hidden)}
    done = subprocess.run(
        [sys.executable, str(page)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout
    assert list(folder.iterdir()) == []
