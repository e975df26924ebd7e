"""Cells that enter a fit, with the codes and names of their types, batches and donors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, first_few

__all__ = ["Role", "Used", "choose_cells"]

FEWEST_CELLS, FEWEST_GENES, FEWEST_OF_TYPE = 50, 10, 5


@dataclass(frozen=True, eq=False)
class Role:
    """A role of the cells (type, batch or donor).

    Parameters
    ----------
    name
        ``type``, ``batch`` or ``donor``.
    codes
        Codes, below 0 where unassigned, shape ``(n_cells,)``; None: all cells have one level, called `alone`.
    names
        Names of the levels.
    alone
        Name of the only level where there are no codes.
    """

    name: str
    codes: np.ndarray | None
    names: Sequence[str]
    alone: str


@dataclass(frozen=True, eq=False)
class Used:
    """What enters the fit.

    Parameters
    ----------
    counts
        Of the cells used, CSR, shape ``(n_cells, n_genes)``.
    codes
        Type, batch and donor, shape ``(n_cells, 3)``.
    names
        Names of the levels with cells, by role.
    notes
        Who was left out, and how many.
    """

    counts: sp.csr_matrix
    codes: np.ndarray
    names: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


def choose_cells(counts: sp.csr_matrix, roles: Sequence[Role]) -> Used:
    """Return the cells with molecules and with every role assigned; levels without cells are dropped.

    Parameters
    ----------
    counts
        CSR, shape ``(n_cells, n_genes)``.
    roles
        Type, batch and donor, in this order.

    Raises
    ------
    UsageError
        When the matrix does not hold counts (``fit.not_counts``), codes do not fit it (``fit.codes``), fewer than 50
        cells or 10 genes are used (``fit.too_small``), or a type has fewer than 5 cells (``fit.small_type``).

    Examples
    --------
    >>> roles = [Role(name, None, (), "all") for name in ("type", "batch", "donor")]
    >>> choose_cells(sp.csr_matrix(np.ones((60, 10))), roles).names["batch"]
    ('all',)
    """
    if not np.isfinite(counts.data).all() or (counts.data < 0).any() or (counts.data != np.floor(counts.data)).any():
        raise UsageError(
            "the matrix does not hold counts",
            where="counts",
            expected="whole numbers, 0 or more",
            fix="start from raw counts: a fit to normalised values has no dispersion to speak of",
            code="fit.not_counts",
        )
    keep = np.asarray(counts.sum(axis=1)).ravel() > 0
    notes = [_left_out(int((~keep).sum()), "without any molecule")]
    for role in roles:
        missing = _checked(role, counts.shape[0]) < 0
        notes.append(_left_out(int((missing & keep).sum()), f"without a {role.name}"))
        keep = keep & ~missing
    if keep.sum() < FEWEST_CELLS or counts.shape[1] < FEWEST_GENES:
        raise UsageError(
            f"{int(keep.sum())} cells and {counts.shape[1]} genes are too few for a fit",
            where="counts",
            expected=f"at least {FEWEST_CELLS} cells with every role assigned, and {FEWEST_GENES} genes",
            code="fit.too_small",
        )
    columns, names = [], {}
    for role in roles:
        present, codes = np.unique(_checked(role, counts.shape[0])[keep], return_inverse=True)
        known = tuple(role.names) if role.codes is not None else (role.alone,)
        names[role.name] = tuple(known[level] for level in present)
        absent = [name for level, name in enumerate(known) if level not in present]
        notes.append(f"{role.name} without cells, left out: {first_few(absent)}" if absent else "")
        columns.append(codes)
    _refuse_small(columns[0], names["type"])
    return Used(counts[keep], np.column_stack(columns), names, tuple(note for note in notes if note))


def _left_out(n: int, why: str) -> str:
    return f"{n} cells {why} are left out" if n else ""


def _checked(role: Role, n_cells: int) -> np.ndarray:
    if role.codes is None:
        return np.zeros(n_cells, dtype=np.int64)
    codes = np.asarray(role.codes)
    if codes.shape != (n_cells,) or codes.dtype.kind not in "iu" or (codes.size and codes.max() >= len(role.names)):
        raise UsageError(
            f"the codes of {role.name} do not fit the counts and the {len(role.names)} names",
            where=f"{role.name} codes",
            expected=f"{n_cells} integers below {len(role.names)}, negative where unassigned",
            code="fit.codes",
        )
    return codes.astype(np.int64)


def _refuse_small(codes: np.ndarray, names: tuple[str, ...]) -> None:
    size = np.bincount(codes)
    small = [f"{names[z]} ({size[z]})" for z in np.flatnonzero(size < FEWEST_OF_TYPE)]
    if small:
        raise UsageError(
            f"{len(small)} types have fewer than {FEWEST_OF_TYPE} cells",
            where=f"types: {first_few(small)}",
            expected=f"at least {FEWEST_OF_TYPE} cells of each type, to know its profile at all",
            fix="merge these types with others, or leave their cells unassigned",
            code="fit.small_type",
        )
