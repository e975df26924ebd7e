"""Whether the effects of two columns can be told apart at all: rank and overlap of their crossed table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from rashomon.core import UsageError

__all__ = ["COMPARABLE", "Design", "Identified", "identified"]

Design = Literal["crossed", "aliased", "nested", "no overlap", "one class"]

COMPARABLE = 0.8
"""Share of the items that must lie in one connected part of the table, or nothing is estimated (a convention)."""


@dataclass(frozen=True, eq=False)
class Identified:
    """What the design allows to say of a column beyond a nuisance.

    Parameters
    ----------
    design
        ``crossed`` (an effect can be estimated), ``aliased`` (one-to-one), ``nested`` (every class of the nuisance
        holds one class of the column), ``no overlap`` (classes of the column that share no class of the nuisance), or
        ``one class`` (one of the two does not vary).
    rank, full_rank
        Of the design matrix ``[1 | column | nuisance]``, and what it would be without confounding.
    overlap
        Share of the cells of the crossed table that hold an item, in (0, 1].
    comparable
        Share of the items in the largest connected part of the table in which both vary, in [0, 1].
    rows
        Whether each item is in that part, shape ``(n_obs,)``.
    reason
        Why nothing can be estimated; empty where it can.
    """

    design: Design
    rank: int
    full_rank: int
    overlap: float
    comparable: float
    rows: np.ndarray
    reason: str = ""

    @property
    def estimable(self) -> bool:
        """Whether the column varies within the nuisance in the same part of the table."""
        return self.design == "crossed"


def identified(a: np.ndarray, b: np.ndarray, *, names: tuple[str, str] = ("column", "nuisance")) -> Identified:
    """Return whether the effect of `a` can be told from that of `b`.

    The rank of the two-way design is ``n_a + n_b - n_parts``, where the parts are the connected ones of the graph that
    joins a class of `a` and a class of `b` which share an item (Searle 1971, section 7.4). Contrasts between parts
    are the sum of both effects, whatever is assumed.

    Parameters
    ----------
    a, b
        Codes of a column and of a nuisance, shape ``(n_obs,)``; items with a negative code are left out.
    names
        Of both, for the reason.

    Returns
    -------
    See `Identified`. A few items in a part of their own do not stop an estimate: it is made on the largest part in
    which both vary, if that holds `COMPARABLE` of the items.

    Raises
    ------
    UsageError
        When the vectors differ in length.

    Examples
    --------
    >>> batch = np.array([0, 0, 1, 1])
    >>> [identified(np.array(a), batch).design for a in ([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 2, 3], [0, 0, 0, 0])]
    ['crossed', 'aliased', 'no overlap', 'one class']
    """
    if a.shape != b.shape:
        raise UsageError(f"{a.size} and {b.size} items", where="identified", expected="columns of the same items")
    kept = np.flatnonzero((a >= 0) & (b >= 0))
    in_a, in_b = (np.unique(codes[kept], return_inverse=True)[1] for codes in (a, b))
    n_a, n_b = int(in_a.max(initial=-1)) + 1, int(in_b.max(initial=-1)) + 1
    rows = np.zeros(a.size, dtype=bool)
    if min(n_a, n_b) < 2:
        name = names[0] if n_a < 2 else names[1]
        reason = f"{name} has fewer than two classes among the items that carry both"
        return Identified("one class", max(n_a + n_b - 1, 0), max(n_a + n_b - 1, 0), np.nan, 0.0, rows, reason)
    table = sp.coo_matrix((np.ones(kept.size), (in_a, in_b)), shape=(n_a, n_b)).tocsr()
    n_parts, part = _parts(table)
    facts = (n_a + n_b - n_parts, n_a + n_b - 1, table.nnz / (n_a * n_b))
    design = _hidden(table)
    if design:
        return Identified(design, *facts, 0.0, rows, _reason(design, names))
    item_part = part[in_a]
    size = np.bincount(item_part, minlength=n_parts)
    varied = (np.bincount(part[:n_a], minlength=n_parts) > 1) & (np.bincount(part[n_a:], minlength=n_parts) > 1)
    largest = int(np.where(varied, size, -1).argmax())
    share = float(size[largest] / kept.size) if varied[largest] else 0.0
    rows[kept] = varied[largest] & (item_part == largest)
    if share < COMPARABLE:
        return Identified("no overlap", *facts, share, rows, _reason("no overlap", names))
    return Identified("crossed", *facts, share, rows)


def _parts(table: sp.csr_matrix) -> tuple[int, np.ndarray]:
    """Return how many connected parts a table has, and the part of each row and then of each column."""
    n_a, n_b = table.shape
    row, column = table.nonzero()
    joined = sp.coo_matrix((np.ones(row.size), (row, n_a + column)), shape=(n_a + n_b, n_a + n_b))
    n_parts, part = connected_components(joined, directed=False)
    return int(n_parts), np.asarray(part)


def _hidden(table: sp.csr_matrix) -> Literal["aliased", "nested", ""]:
    """Return how the nuisance hides the column: every class of the one holds one class of the other."""
    if (np.diff(table.tocsc().indptr) > 1).any():
        return ""
    return "nested" if (np.diff(table.indptr) > 1).any() else "aliased"


def _reason(design: Design, names: tuple[str, str]) -> str:
    a, b = names
    if design == "aliased":
        return f"{a} and {b} are one and the same"
    if design == "nested":
        return f"every class of {b} holds one class of {a}"
    return f"most classes of {a} share no class of {b}"
