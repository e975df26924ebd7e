"""Names of cells and genes: unique text, without changing the user's object."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.gene import gene_remarks
from rashomon.io.rule import refuse, remark

__all__ = ["UNWRITABLE", "cell_names", "gene_names", "lookalikes", "refuse_text", "visible_form"]

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that no file format keeps: NUL, and halves of characters."""


def cell_names(index: pd.Index) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return cell names as text.

    Parameters
    ----------
    index
        ``adata.obs_names`` or the index of a table.

    Returns
    -------
    names
        Unique, shape ``(n_obs,)``.
    notes
        Whether numbers were turned into text.

    Raises
    ------
    InputError
        ``names.repeated`` with the first five names that occur more than once; ``names.text``.
    """
    refuse_text(index, where="obs_names")
    names = pd.Index([str(name) for name in index])
    if names.has_duplicates:
        repeated = names[names.duplicated()].unique()
        n_rows = int(names.isin(repeated).sum())
        raise refuse(
            "names.repeated", f"{n_rows} cells share {len(repeated)} names", where=f"obs_names: {first_few(repeated)}"
        )
    notes = (*_cast(index, "obs_names"), *lookalikes(names, where="obs_names"))
    return names.to_numpy(dtype=object), notes


def refuse_text(names: Iterable[object], *, where: str) -> None:
    """Refuse names that no file can hold.

    Parameters
    ----------
    names
        Names of cells, genes, columns or classes.
    where
        The place, for messages.

    Raises
    ------
    InputError
        ``names.text`` with the first of them and its position.
    """
    wrong = [(i, name) for i, name in enumerate(names) if isinstance(name, str) and UNWRITABLE.search(name)]
    if wrong:
        i, name = wrong[0]
        what = f"{len(wrong)} names hold NUL or half a character; the first is {name!a} at position {i}"
        raise refuse("names.text", what, where=where)


def lookalikes(names: Iterable[str], *, where: str) -> tuple[str, ...]:
    r"""Return the note that several names differ only in what cannot be seen; none when there are no such names.

    Parameters
    ----------
    names
        Unique names.
    where
        The place, for the note.

    Examples
    --------
    >>> lookalikes(["T cell", "T\u200b cell", "B"], where="obs['type']")
    ("obs['type']: 2 names look alike and are different (T cell, T\\u200b cell) [names.lookalike]",)
    """
    odd = [name for name in names if not name.isascii() or name != name.strip()]
    if not odd:
        return ()
    shown: dict[str, list[str]] = {}
    for name in dict.fromkeys([*names]):
        shown.setdefault(visible_form(name), []).append(name)
    alike = [name for group in shown.values() if len(group) > 1 for name in group]
    what = f"{len(alike)} names look alike and are different ({first_few(alike, n=4)})"
    return (remark("names.lookalike", what, where=where),) if alike else ()


def visible_form(name: str) -> str:
    r"""Return what a reader sees of a name: composed characters (NFC), without invisible ones and outer space.

    Examples
    --------
    >>> visible_form("e\u0301\u200b ") == "\xe9"
    True
    """
    composed = unicodedata.normalize("NFC", name)
    return "".join(char for char in composed if unicodedata.category(char) != "Cf").strip()


def gene_names(index: pd.Index | np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return gene names as unique text; repeated names get the suffixes ``-1``, ``-2``, ...

    Parameters
    ----------
    index
        ``adata.var_names``.

    Returns
    -------
    names
        Unique, shape ``(n_vars,)``.
    notes
        How many were renamed, whether numbers were turned into text, and what `gene_remarks` says.

    Raises
    ------
    InputError
        ``names.text``.

    Examples
    --------
    >>> gene_names(np.array(["A", "B", "A", "A-1"]))[0].tolist()
    ['A', 'B', 'A-2', 'A-1']
    """
    refuse_text(index, where="var_names")
    names = [str(name) for name in index]
    taken, seen = set(names), set[str]()
    renamed: list[str] = []
    for i, name in enumerate(names):
        if name in seen:
            number = 1
            while f"{name}-{number}" in taken:
                number += 1
            names[i] = f"{name}-{number}"
            taken.add(names[i])
            renamed.append(name)
        seen.add(name)
    notes = [*_cast(pd.Index(index), "var_names"), *gene_remarks(names)]
    if renamed:
        what = f"{len(renamed)} repeated names got a suffix ({first_few(dict.fromkeys(renamed), n=3)})"
        notes.append(remark("names.genes_renamed", what, where="var_names"))
    return np.array(names, dtype=object), tuple(notes)


def _cast(index: pd.Index, slot: str) -> tuple[str, ...]:
    text = all(isinstance(name, str) for name in index)
    what = f"names of type {index.dtype} were turned into text"
    return () if text else (remark("names.cast", what, where=slot),)
