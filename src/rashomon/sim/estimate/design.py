"""Which type, batch and donor each cell belongs to, and whether the data can tell their effects apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from rashomon.core import UsageError, first_few

__all__ = ["CROSSED", "Design", "check_rank", "level_of", "make_design"]

CROSSED = 3
"""Axis of types within batches, after those of types, batches and donors."""


Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Design:
    """Cells by their combination of type, batch and donor; means of a combination differ by depth only.

    Parameters
    ----------
    codes
        Type, batch and donor of each cell, shape ``(n_cells, 3)``.
    n_levels
        Number of types, batches and donors, each at least 1.
    combinations
        Combinations that have cells, shape ``(n_combinations, 3)``.
    member
        Row of `combinations` of each cell, shape ``(n_cells,)``.
    depth
        Molecules of each cell, above 0, shape ``(n_cells,)``.
    families
        Donors that share batches, directly or through others, have the same number, shape ``(n_donors,)``. With donors
        nested in batches these are the batches; a donor's effect is its deviation from the mean of its family.
    """

    codes: np.ndarray
    n_levels: tuple[int, int, int]
    combinations: np.ndarray
    member: np.ndarray
    depth: np.ndarray
    families: np.ndarray

    def power_sums(self, power: int) -> np.ndarray:
        """Return the sum of ``depth ** power`` of the cells of each combination, shape ``(n_combinations,)``."""
        return np.bincount(self.member, weights=self.depth**power, minlength=self.combinations.shape[0])

    def indicator(self, axis: int) -> sp.csr_matrix:
        """Return combinations by levels of `axis` (see `level_of`): 1 where the combination has the level."""
        n = self.combinations.shape[0]
        place = (np.arange(n), level_of(self.combinations, axis, n_types=self.n_levels[0]))
        return sp.csr_matrix((np.ones(n), place), shape=(n, self.n_of(axis)))

    def n_of(self, axis: int) -> int:
        """Return the number of levels of `axis`."""
        return self.n_levels[0] * self.n_levels[1] if axis == CROSSED else self.n_levels[axis]


def level_of(codes: np.ndarray, axis: int, *, n_types: int) -> np.ndarray:
    """Return the level on one axis.

    Parameters
    ----------
    codes
        Type, batch and donor, shape ``(n, 3)``.
    axis
        0 for types, 1 for batches, 2 for donors, `CROSSED` for types within batches: ``batch * n_types + type``.
    n_types
        Number of types.

    Examples
    --------
    >>> level_of(np.array([[1, 2, 0]]), CROSSED, n_types=5)
    array([11])
    """
    return np.asarray(codes[:, 1] * n_types + codes[:, 0] if axis == CROSSED else codes[:, axis])


def make_design(codes: np.ndarray, depth: np.ndarray, *, n_levels: tuple[int, int, int]) -> Design:
    """Return the design of cells.

    Parameters
    ----------
    codes
        Type, batch and donor of each cell, no code missing, shape ``(n_cells, 3)``.
    depth
        Molecules of each cell, shape ``(n_cells,)``.
    n_levels
        Number of types, batches and donors.

    Examples
    --------
    >>> design = make_design(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 1]]), np.array([5.0, 6.0, 7.0]), n_levels=(2, 2, 2))
    >>> design.families, design.power_sums(1)
    (array([0, 1], dtype=int32), array([5., 6., 7.]))
    """
    combinations, member = np.unique(codes, axis=0, return_inverse=True)
    batches = _components(combinations[:, 1], combinations[:, 2], n_levels[1:])
    return Design(codes, n_levels, combinations, member.ravel(), np.asarray(depth, float), batches[n_levels[1] :])


def check_rank(design: Design, names: Names) -> None:
    """Refuse a design in which effects are aliased.

    Parameters
    ----------
    design
        The cells.
    names
        Names of the levels, under ``type``, ``batch`` and ``donor``.

    Raises
    ------
    UsageError
        When types cannot be told from batches, or from donors (code ``fit.aliased``): the columns of the design have
        a smaller rank than types, batches and donors within families allow. Donors nested in batches are no alias.

    Examples
    --------
    >>> names = {"type": ("T",), "batch": ("one", "two"), "donor": ("d",)}
    >>> check_rank(make_design(np.array([[0, 0, 0], [0, 1, 0]]), np.ones(2), n_levels=(1, 2, 1)), names)
    """
    for axis, role in ((1, "batch"), (2, "donor")):
        part = _components(
            design.combinations[:, 0], design.combinations[:, axis], (design.n_levels[0], design.n_levels[axis])
        )
        if part.max() > 0:
            _refuse(part, design.n_levels[0], names["type"], names[role], role)
    table = sp.hstack([design.indicator(axis) for axis in range(3)]).toarray()
    n_free = design.n_levels[1] + design.n_levels[2] - (int(design.families.max()) + 1)
    if np.linalg.matrix_rank(table) < design.n_levels[0] + n_free - 1:
        raise UsageError(
            "types cannot be told from batches and donors together",
            where="type, batch and donor",
            expected="types that occur in several combinations of batch and donor",
            fix="leave the batches or the donors out",
            code="fit.aliased",
        )


def _refuse(part: np.ndarray, n_types: int, types: tuple[str, ...], others: tuple[str, ...], role: str) -> None:
    # the smaller side of the split is what a reader wants to see
    lonely = min(range(int(part.max()) + 1), key=lambda k: int((part == k).sum()))
    inside = [types[z] for z in np.flatnonzero(part[:n_types] == lonely)]
    there = [others[b] for b in np.flatnonzero(part[n_types:] == lonely)]
    raise UsageError(
        f"type and {role} are aliased: no {role} holds both the types {first_few(inside)} and the others",
        where=f"type and {role}; {role} {first_few(there)}",
        expected=f"types that are linked by a shared {role}, so that the effects of both can be told apart",
        fix=f"leave the {role} out, or fit the parts separately",
        code="fit.aliased",
    )


def _components(a: np.ndarray, b: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Return the connected component of each level of `a`, then of `b`, in the graph of levels that occur together."""
    n = sizes[0] + sizes[1]
    graph = sp.csr_matrix((np.ones(a.size), (a, b + sizes[0])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])
