"""Names of cells and genes: unique text, without changing the user's object."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.rule import refuse

__all__ = ["cell_names", "gene_names"]


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
        ``names.repeated`` with the first five names that occur more than once.
    """
    names = pd.Index([str(name) for name in index])
    if names.has_duplicates:
        repeated = names[names.duplicated()].unique()
        n_rows = int(names.isin(repeated).sum())
        raise refuse(
            "names.repeated", f"{n_rows} cells share {len(repeated)} names", where=f"obs_names: {first_few(repeated)}"
        )
    return names.to_numpy(dtype=object), _cast(index, "obs_names")


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
        How many were renamed, and whether numbers were turned into text.

    Examples
    --------
    >>> gene_names(np.array(["A", "B", "A", "A-1"]))[0].tolist()
    ['A', 'B', 'A-2', 'A-1']
    """
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
    notes = (f"var_names: {len(renamed)} repeated names got a suffix ({first_few(dict.fromkeys(renamed), n=3)})",)
    return np.array(names, dtype=object), (*_cast(pd.Index(index), "var_names"), *(notes if renamed else ()))


def _cast(index: pd.Index, slot: str) -> tuple[str, ...]:
    text = all(isinstance(name, str) for name in index)
    return () if text else (f"{slot}: names of type {index.dtype} were turned into text",)
