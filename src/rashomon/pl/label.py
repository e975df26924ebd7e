"""Text from data, made safe to show: control characters visible, mathematics and hidden legends off, long names cut."""

from __future__ import annotations

import textwrap
import unicodedata

import pandas as pd

__all__ = ["label", "sized_labels", "visible"]

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (also the ones that reverse text), private and surrogate characters, line separators."""


def visible(text: object) -> str:
    r"""Return `text` with every character that a reader cannot see written as its escape.

    Examples
    --------
    >>> visible("CD4\u202eT\n")
    'CD4\\u202eT\\n'
    """
    return "".join(_escape(char) if unicodedata.category(char) in _HIDDEN else char for char in str(text))


def _escape(char: str) -> str:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    code = ord(char)
    return short.get(char) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def label(text: object, *, width: int = 0, lines: int = 2) -> str:
    r"""Return `text` as matplotlib shows it literally: no mathematics, no hidden legend entry.

    Parameters
    ----------
    text
        A name from the data.
    width
        Characters per line; 0 for one line of any length.
    lines
        Lines that are kept; what is cut is marked by an ellipsis.

    Examples
    --------
    >>> print(label("$x$"), repr(label("_a")))
    \$x\$ ' _a'
    >>> label("a very long name of a cell type", width=12)
    'a very long\nname of a…'
    >>> label("consistency_clustered_greedy", width=12, lines=1)
    'consistency…'
    """
    shown = visible(text)
    if width:
        shown = "\n".join(_wrapped(shown, width, lines)) or shown[:width]
    # a leading underscore hides an entry from legends; a space before it does not
    return (" " if shown.startswith("_") else "") + shown.replace("$", r"\$")


def sized_labels(clusters: pd.DataFrame, item: str, *, width: int, lines: int = 1) -> list[str]:
    """Return the name of each cluster and how many items it has.

    Parameters
    ----------
    clusters
        ``name``, ``size``; one row per cluster.
    item
        What a row of the data is.
    width, lines
        As in `label`.

    Examples
    --------
    >>> sized_labels(pd.DataFrame({"name": ["B"], "size": [1200]}), "cell", width=30)
    ['B, 1,200 cells']
    """
    named = zip(clusters["name"], clusters["size"], strict=True)
    return [f"{label(name, width=width, lines=lines)}, {size:,} {item}s" for name, size in named]


def _wrapped(text: str, width: int, lines: int) -> list[str]:
    """Return at most `lines` lines; what is cut is marked, and a long word is cut rather than left out."""
    found = textwrap.wrap(text, width)
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][: width - 1].rstrip() + "…"]
    return found
