"""Cell names of two tables: which mean the same cell, and which renaming would make them equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pandas as pd

__all__ = ["LEAST", "composed_names", "renamed", "renaming_fix"]

LEAST = 0.5
"""Share of the cells that must be in the other table."""

_BASES = re.compile(r"[ACGTN]{10,}")


def _bases(name: str) -> str:
    """Return the longest run of bases, which is the barcode; the whole name where there is none."""
    return max(_BASES.findall(name), key=len, default=name)


_RENAMINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("removing the suffix '-1' and the like", lambda name: re.sub(r"-\d+$", "", name)),
    ("removing the suffix '_1' and the like", lambda name: re.sub(r"_\d+$", "", name)),
    ("removing everything up to the last '_'", lambda name: name.rpartition("_")[2]),
    ("removing everything up to the last ':'", lambda name: name.rpartition(":")[2]),
    ("removing everything up to the last '#'", lambda name: name.rpartition("#")[2]),
    (
        "removing both a prefix up to '_' and a numeric suffix",
        lambda name: re.sub(r"-\d+$", "", name.rpartition("_")[2]),
    ),
    ("removing white space at the ends", str.strip),
    ("ignoring upper and lower case", str.casefold),
    ("keeping the bases of the barcode alone", _bases),
)
"""What tools do to cell names, the least first: of equal shares the first is taken."""


def composed_names(cells: pd.Index, rows: pd.Index) -> tuple[pd.Index, pd.Index]:
    """Return both sets of names in one spelling of Unicode, where that keeps them different.

    Parameters
    ----------
    cells, rows
        Names on the two sides.
    """
    composed, other = (
        pd.Index([unicodedata.normalize("NFC", name) for name in map(str, index)]) for index in (cells, rows)
    )
    return (cells, rows) if composed.has_duplicates or other.has_duplicates else (composed, other)


def renaming_fix(cells: pd.Index, rows: pd.Index) -> str | None:
    """Return the renaming that would match most cells, as the fix of an error; None when none matches half of them.

    Parameters
    ----------
    cells, rows
        Names on the two sides.

    Examples
    --------
    >>> renaming_fix(pd.Index(["AAAC-1", "AAAG-1"]), pd.Index(["AAAC", "AAAG"]))
    "removing the suffix '-1' and the like, on both sides, matches 100% of the cells"
    """
    share, _, text, rule = max(_shares(cells, rows), key=lambda entry: entry[:2])
    if share < LEAST:
        return None
    unique = not (cells.map(rule).has_duplicates or rows.map(rule).has_duplicates)
    caution = "" if unique else "; some names then repeat, so add the sample to them"
    return f"{text}, on both sides, matches {share:.0%} of the cells{caution}"


def renamed(cells: pd.Index, rows: pd.Index) -> tuple[pd.Index, pd.Index, str] | None:
    """Return names on both sides after the renaming that matches most cells without making two names equal.

    Parameters
    ----------
    cells, rows
        Unique names on the two sides.

    Returns
    -------
    Both sides renamed, and the renaming in words; None when no renaming without ambiguity matches half of the cells.

    Examples
    --------
    >>> cells, rows = pd.Index(["AAAC-1", "AAAG-1"]), pd.Index(["s1_AAAC", "s1_AAAG"])
    >>> renamed(cells, rows)[0].tolist()
    ['AAAC', 'AAAG']
    >>> renamed(cells, pd.Index(["s1_AAAC", "s2_AAAC", "s1_AAAG"])) is None
    True
    """
    for share, _, text, rule in sorted(_shares(cells, rows), key=lambda entry: entry[:2], reverse=True):
        if share < LEAST:
            return None
        one, other = cells.map(rule), rows.map(rule)
        if not (one.has_duplicates or other.has_duplicates):
            return one, other, text
    return None


def _shares(cells: pd.Index, rows: pd.Index) -> list[tuple[float, int, str, Callable[[str], str]]]:
    """Return for each renaming the share of cells it matches, its rank from behind, its words and its function."""
    return [
        (float(cells.map(rule).isin(rows.map(rule)).mean()) if len(cells) else 0.0, -place, text, rule)
        for place, (text, rule) in enumerate(_RENAMINGS)
    ]
