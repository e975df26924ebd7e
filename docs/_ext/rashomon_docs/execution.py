"""What is run when the pages are built, and where its output is kept: never longer than the code that made it."""

from __future__ import annotations

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["cache_folder", "forget_other_versions", "package_digest", "tutorial_notebook"]

_SECONDS = 600
"""Most time for a cell of a tutorial."""

_NOT_RUN = (
    ":::{note}\nThis page was built without its outputs. `DOCS_EXECUTE=1 make docs` runs the tutorials; each is a "
    "plain Python file that you can run as well.\n:::"
)


@cache
def package_digest(root: Path) -> str:
    """Return a digest of the package as it is: outputs of another version are not shown as those of this one.

    Parameters
    ----------
    root
        Of the repository.
    """
    digest = hashlib.sha256()
    for path in sorted((root / "src" / "rashomon").rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_folder(root: Path) -> Path:
    """Return the folder for outputs of cells; its name never changes, or Sphinx would read every page again."""
    return root / "build" / "docs_cache"


def forget_other_versions(root: Path) -> None:
    """Empty the folder of outputs unless it was filled by the package as it is.

    Parameters
    ----------
    root
        Of the repository.
    """
    folder, stamp = cache_folder(root), cache_folder(root) / "package.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != package_digest(root):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stamp.write_text(package_digest(root), encoding="utf-8")


def tutorial_notebook(page: Path, *, root: Path) -> str:
    """Return a tutorial as a notebook (JSON), with its outputs where they are known or asked for.

    Parameters
    ----------
    page
        In cells (``py:percent``).
    root
        Of the repository.
    """
    import jupytext
    import nbformat

    kept = cache_folder(root) / f"{page.stem}-{hashlib.sha256(page.read_bytes()).hexdigest()[:16]}.ipynb"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    notebook: Any = jupytext.read(page)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    if os.environ.get("DOCS_EXECUTE") == "1":
        _execute(notebook, root)
        kept.parent.mkdir(parents=True, exist_ok=True)
        text = str(nbformat.writes(notebook))
        kept.write_text(text, encoding="utf-8")
        return text
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(_NOT_RUN))
    return str(nbformat.writes(notebook))


def _execute(notebook: Any, root: Path) -> None:
    from nbclient import NotebookClient

    folder = root / "build" / "docs_run"
    folder.mkdir(parents=True, exist_ok=True)
    NotebookClient(
        notebook, timeout=_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
