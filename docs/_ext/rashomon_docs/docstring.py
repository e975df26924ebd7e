"""Docstrings as the house writes them, so that Sphinx reads them as they are meant."""

from __future__ import annotations

import inspect
import re
import sys
from functools import cache
from typing import Any

__all__ = ["PROSE", "constant_text", "prose_returns", "restore", "rewrite"]

PROSE = "Gives"
"""Name of a section of returns in prose while the sections are read; the usual name would make a type of it."""

_LINK = re.compile(r"(?<!`)(?<!:)`(rashomon\.[\w.]+)`(?!`)")

_CONSTANTS = {"data", "attribute"}


def rewrite(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Change the lines of a docstring in place, before the sections are read.

    Parameters
    ----------
    app, what, name, obj, options, lines
        As Sphinx passes them to ``autodoc-process-docstring``.
    """
    del app, options
    if what in _CONSTANTS:
        said = (inspect.getdoc(type(obj)) or "").splitlines()
        if [line for line in lines if line] == [line for line in said if line]:
            lines[:] = constant_text(obj, name.rpartition(".")[2]).splitlines()
    lines[:] = [_LINK.sub(r":py:obj:`\1`", line) for line in prose_returns(lines)]


def restore(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Give the section that `prose_returns` renamed its name again, after the sections were read.

    Parameters
    ----------
    app, what, name, obj, options, lines
        As Sphinx passes them to ``autodoc-process-docstring``.
    """
    del app, what, name, obj, options
    lines[:] = [line.replace(f".. rubric:: {PROSE}", ".. rubric:: Returns") for line in lines]


def prose_returns(lines: list[str]) -> list[str]:
    """Return `lines` with a section of returns renamed that holds prose and names no types.

    Examples
    --------
    >>> prose_returns(["Returns", "-------", "One row per cluster."])
    ['Gives', '-----', 'One row per cluster.']
    """
    at = next((i for i, line in enumerate(lines[:-2]) if line == "Returns" and lines[i + 1].startswith("---")), None)
    if at is None:
        return lines
    after = lines[at + 3] if at + 3 < len(lines) else ""
    if after.startswith(" "):
        return lines
    return [*lines[:at], PROSE, "-" * len(PROSE), *lines[at + 2 :]]


def constant_text(value: Any, name: str) -> str:
    """Return what is written below the constant where it is made, wherever it was imported from."""
    from sphinx.pycode import ModuleAnalyzer

    for module in [key for key in sys.modules if key.split(".")[0] == "rashomon"]:
        if getattr(sys.modules[module], "__dict__", {}).get(name) is value:
            said = _documented(ModuleAnalyzer, module).get(("", name))
            if said:
                return "\n".join(said)
    return ""


@cache
def _documented(analyzer: Any, module: str) -> Any:
    return analyzer.for_module(module).find_attr_docs()
