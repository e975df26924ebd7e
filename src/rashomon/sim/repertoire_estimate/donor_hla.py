"""HLA of donors: which column of a table says what a donor carries, and what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["HLA_COLUMNS", "UNKNOWN", "donor_hla"]

HLA_COLUMNS = ("donor_hla", "hla", "hla_type", "donor_mhc", "mhc")
"""Columns in which tables say what donors carry, in lower case, the first that is there."""

UNKNOWN = "unknown"
"""First name of HLA types: that of donors of whom none is told."""


def donor_hla(
    obs: pd.DataFrame, donors: np.ndarray, *, n_donors: int, notes: list[str]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the HLA type of each donor as codes in the names, ``int64``, 0 where unknown; empty without a column.

    Types are kept as they are written: a type that names all alleles of a donor is one name.

    Parameters
    ----------
    obs
        Columns of the table, a row per receptor.
    donors
        Donor of each receptor, -1: none.
    n_donors
        Number of donors.
    notes
        Is told when a column differs within donors: it names the allele that presents an epitope, or is wrong.

    Examples
    --------
    >>> obs = pd.DataFrame({"HLA": ["A2,B7", "A2,B7", None]})
    >>> codes, names = donor_hla(obs, np.array([0, 0, 1]), n_donors=2, notes=[])
    >>> codes.tolist(), names
    ([1, 0], ('unknown', 'A2,B7'))
    """
    none = np.empty(0, dtype=np.int64), tuple[str, ...]()
    there = {str(column).lower(): column for column in reversed(obs.columns.tolist())}
    name = next((name for name in HLA_COLUMNS if name in there), None)
    if name is None:
        return none
    values = obs[there[name]].astype(object)
    told = values.notna().to_numpy() & (values.astype(str).str.strip() != "").to_numpy() & (donors >= 0)
    words, code = np.unique(values[told].astype(str).to_numpy(dtype=object).astype(str), return_inverse=True)
    pairs = np.unique(np.column_stack([donors[told], code]), axis=0)
    several = int((np.bincount(pairs[:, 0], minlength=n_donors) > 1).sum())
    if several or not words.size:
        what = f"differs within {several} donors" if several else "is empty"
        notes.append(f"{there[name]} {what}, so that it says nothing of what a donor carries: it is left out")
        return none
    found = np.zeros(n_donors, dtype=np.int64)
    found[pairs[:, 0]] = pairs[:, 1] + 1
    notes.append(f"{there[name]}: {words.size} HLA types of {len(pairs)} donors, kept by donor")
    return found, (UNKNOWN, *words.tolist())
