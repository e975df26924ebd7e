"""Fields of a chain that follow a grammar: counts, whether it is productive, and words that stand for nothing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.rule import refuse, remark

__all__ = ["blanked", "count_of", "productive_of", "rows_text"]

_WORDS = ("NA", "N/A", "None", "none", "nan", "NaN", "null", "NULL", "<NA>")
"""What R, Python and pandas write for a missing value; none of them is a gene, a junction or a number."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_TRUTH = {"t": 1, "true": 1, "f": 0, "false": 0, "": -1}


def rows_text(rows: np.ndarray) -> str:
    """Return positions as rows counted from 1, the first few of them.

    Examples
    --------
    >>> rows_text(np.array([0, 4]))
    'rows 1, 5'
    """
    return f"row{'s' if rows.size != 1 else ''} {first_few((rows + 1).tolist())}"


def blanked(
    values: np.ndarray, *, column: str, where: str, words: tuple[str, ...] = ()
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return texts with words that stand for a missing value replaced by empty text, and the note that says so.

    Parameters
    ----------
    values
        Objects (str), shape ``(n,)``.
    column
        Name of the column.
    where
        The file.
    words
        Further words, which the format itself uses for missing: they are replaced without a note.

    Examples
    --------
    >>> blanked(np.array(["TRBV9", "NA"], dtype=object), column="v_call", where="a.tsv")[0].tolist()
    ['TRBV9', '']
    """
    either = pd.Series(values).isin([*_WORDS, *words]).to_numpy()
    if not either.any():
        return values, ()
    found = pd.Series(values[either]).value_counts().drop(list(words), errors="ignore")
    what = f"{found.sum():,} fields of {column} hold a word for 'missing' ({first_few(sorted(found.index))})"
    notes = (remark("receptor.missing_word", what, where=where),) if len(found) else ()
    return np.where(either, "", values), notes


def count_of(values: np.ndarray, *, column: str, where: str) -> np.ndarray:
    """Return counts as numbers, NaN where empty; ``float64``, shape ``(n,)``.

    Parameters
    ----------
    values
        Objects (str): whole numbers, also written ``3.0`` or ``1e3``.
    column
        Name of the column.
    where
        The file.

    Raises
    ------
    InputError
        ``receptor.count`` for what is no whole number, ``receptor.negative``; both with rows.
    """
    codes, texts = pd.factorize(values)
    numbers = np.full(len(texts), np.nan)
    wrong = np.zeros(len(texts), dtype=bool)
    for place, text in enumerate(texts):
        number = float(text) if _NUMBER.fullmatch(text) else np.inf
        wrong[place] = text != "" and not number.is_integer()
        numbers[place] = number if text else np.nan
    for code, bad, what in (
        ("receptor.count", wrong, "no whole numbers"),
        ("receptor.negative", ~wrong & (numbers < 0), "negative"),
    ):
        if bad.any():
            rows = np.flatnonzero(bad[codes])
            found = first_few(repr(text) for text in texts[bad])
            raise refuse(
                code, f"{rows.size} values of {column} are {what}: {found}", where=f"{where}, {rows_text(rows)}"
            )
    return np.asarray(numbers[codes], dtype=np.float64)


def productive_of(values: np.ndarray, *, column: str, where: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return whether chains are productive: 1, 0, or -1 where that is not said; ``int8``, shape ``(n,)``.

    Parameters
    ----------
    values
        Objects (str): ``T``, ``F``, ``true``, ``false`` in any case, or empty.
    column
        Name of the column.
    where
        The file.

    Returns
    -------
    codes
        As above.
    notes
        How many fields are empty.

    Raises
    ------
    InputError
        ``receptor.productive`` for any other word, with rows.
    """
    codes, texts = pd.factorize(values)
    known = np.array([_TRUTH.get(text.lower(), -2) for text in texts], dtype=np.int8)
    found = known[codes]
    if (known == -2).any():
        rows = np.flatnonzero(found == -2)
        words = first_few(repr(text) for text in texts[known == -2])
        what = f"{rows.size} values of {column} are neither true nor false: {words}"
        raise refuse("receptor.productive", what, where=f"{where}, {rows_text(rows)}")
    n_unknown = int((found == -1).sum())
    what = f"{n_unknown:,} chains do not say whether they are productive"
    return found, (remark("receptor.unknown_productive", what, where=where),) if n_unknown else ()
