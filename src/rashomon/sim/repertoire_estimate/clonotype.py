"""Clonotypes in families: how alpha and beta of a receptor are in families together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rashomon.dataset import Arm

__all__ = ["NO_CHAIN", "clonotype_tables", "join_link"]

NO_CHAIN = -2
"""Family of a chain that a receptor does not have; -1: its chain is in no family."""


def clonotype_tables(of: Mapping[Arm, np.ndarray], rows: np.ndarray, *, n_rows: int) -> dict[str, np.ndarray]:
    """Return the tables by which the chains of a clonotype of a twin are in families together.

    Parameters
    ----------
    of
        Family of the chain of each receptor in both arms, -1 or `NO_CHAIN` without.
    rows
        Label of each receptor.
    n_rows
        Number of rows.

    Returns
    -------
    ``member_link`` (1,), see `join_link`; ``clonotype`` (M, 4): row, families of vj and vdj, and how many receptors
    are in both; by arm ``alone`` (M, 3): row, family, and how many receptors are in it and in none of the other arm.

    Examples
    --------
    >>> of = {"vj": np.array([0, 0, -1, -1]), "vdj": np.array([3, 3, -1, -2])}
    >>> found = clonotype_tables(of, np.zeros(4, dtype=int), n_rows=1)
    >>> found["member_link"].tolist(), found["clonotype"].tolist(), len(found["vj_alone"])
    ([1.0], [[0, 0, 3, 2]], 0)
    """
    alpha, beta = of["vj"], of["vdj"]
    both = (alpha >= 0) & (beta >= 0)
    known = (alpha > NO_CHAIN) & (beta > NO_CHAIN)
    found = {
        "member_link": np.array([join_link(alpha[known] >= 0, beta[known] >= 0, rows[known], n_rows=n_rows)]),
        "clonotype": _counted(rows[both], alpha[both], beta[both]),
    }
    for arm, family in (("vj", alpha), ("vdj", beta)):
        alone = (family >= 0) & ~both
        found[f"{arm}_alone"] = _counted(rows[alone], family[alone])
    return found


def join_link(first: np.ndarray, second: np.ndarray, rows: np.ndarray, *, n_rows: int) -> float:
    """Return how much two memberships go together beyond their labels: 0 as if independent, 1 as far as they can.

    The excess of joint members over that of independent ones, as a share of the largest excess that there could be;
    both are added up over the rows. Fewer than expected count as 0.

    Parameters
    ----------
    first, second
        Whether each receptor is a member, ``bool``.
    rows
        Label of each.
    n_rows
        Number of rows.

    Examples
    --------
    >>> first = np.array([True, True, False, False])
    >>> row = np.zeros(4, dtype=int)
    >>> join_link(first, first, row, n_rows=1), join_link(first, np.array([True, False] * 2), row, n_rows=1)
    (1.0, 0.0)
    """
    size = np.maximum(np.bincount(rows, minlength=n_rows), 1)
    a, b, joint = (np.bincount(rows, weights=each, minlength=n_rows) for each in (first, second, first & second))
    most = (np.minimum(a, b) - a * b / size).sum()
    return float(np.clip((joint - a * b / size).sum() / most, 0.0, 1.0)) if most > 0 else 0.0


def _counted(*columns: np.ndarray) -> np.ndarray:
    """Return each combination of `columns` once, sorted, and how often it occurs."""
    listed, count = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    return np.column_stack([listed.reshape(-1, len(columns)), count]).astype(np.int64)
