"""Agglomerative clustering of stored distances by average or complete linkage."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.component import component, members, numbered
from rashomon.core import UsageError, did_you_mean

__all__ = ["MOST_IN_COMPONENT", "Linkage", "sparse_linkage"]

Linkage = Literal["average", "complete"]

MOST_IN_COMPONENT = 10_000
"""Items of a component beyond which its linkage is refused: 400 MB and half a minute."""


def sparse_linkage(distances: sp.csr_matrix, *, cutoff: float, method: Linkage = "average") -> np.ndarray:
    """Return clusters by average or complete linkage, cut at the cutoff of the distances.

    Each connected component is clustered for itself. Pairs in it that are not stored are farther than the cutoff and
    count as ``cutoff + 1``: complete linkage then never joins items that are not linked, and average linkage joins a
    little more than with the true distances. (Single linkage is `component`.) Where distances are equal, the items that
    come first are joined first. Time and memory grow with the square of the items of a component.

    Parameters
    ----------
    distances
        Pairs within `cutoff`, CSR, shape ``(n_items, n_items)``, symmetric, no diagonal; a stored value is the distance
        plus 1.
    cutoff
        Largest distance stored, and the height of the cut; 0 or more.
    method
        ``"average"`` or ``"complete"``.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first item.

    Raises
    ------
    UsageError
        When `method` is unknown, a distance exceeds `cutoff`, or a component has more than `MOST_IN_COMPONENT` items.

    References
    ----------
    Sokal & Michener (1958), University of Kansas Science Bulletin 38:1409 (average linkage).

    Examples
    --------
    >>> path = sp.csr_matrix(np.array([[0, 1, 0], [1, 0, 2], [0, 2, 0]], dtype=np.float32))
    >>> sparse_linkage(path, cutoff=1, method="complete").tolist()
    [0, 0, 1]
    """
    if method not in get_args(Linkage):
        raise UsageError(
            f"unknown method {method!r}", where="sparse_linkage", fix=did_you_mean(str(method), get_args(Linkage))
        )
    check_cutoff(distances, cutoff, where="sparse_linkage")
    pieces = component(distances)
    order, start = members(pieces)
    sizes = np.diff(start)
    if sizes.size and sizes.max() > MOST_IN_COMPONENT:
        raise UsageError(
            f"a component has {sizes.max():,} items",
            where="sparse_linkage",
            expected=f"at most {MOST_IN_COMPONENT:,}",
            fix="use a smaller cutoff or another clusterer: receptors in so large a component are chained",
        )
    labels, n_found = pieces.astype(np.int64), sizes.size
    # in a pair there is nothing to decide: it is linked
    for piece in np.flatnonzero(sizes > 2):
        items = order[start[piece] : start[piece + 1]]
        found = _cut(distances[items][:, items], cutoff, method)
        labels[items] = n_found + found
        n_found += int(found.max()) + 1
    return numbered(labels)


def check_cutoff(distances: sp.csr_matrix, cutoff: float, *, where: str) -> None:
    """Refuse a cutoff that is smaller than a stored distance.

    Parameters
    ----------
    distances
        Stored values are distances plus 1.
    cutoff
        Largest distance that may be stored.
    where
        The place, for the message.

    Raises
    ------
    UsageError
        When a distance is larger.
    """
    largest = float(distances.data.max(initial=1.0)) - 1
    if not largest <= cutoff:
        raise UsageError(
            f"a distance is {largest:g}, the cutoff {cutoff:g}",
            where=where,
            expected="the cutoff that the distances were made with",
        )


def _cut(block: sp.csr_matrix, cutoff: float, method: Linkage) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage

    n = block.shape[0]
    flat = np.full(n * (n - 1) // 2, cutoff + 1.0)
    upper = sp.triu(block, k=1, format="coo")
    row, column = upper.row.astype(np.int64), upper.col.astype(np.int64)
    # the place of a pair in the upper triangle, row by row
    flat[row * n - row * (row + 1) // 2 + column - row - 1] = upper.data.astype(np.float64) - 1.0
    # the average of equal distances may exceed them by a rounding error
    tree = linkage(flat, method=method)
    found: np.ndarray = fcluster(tree, t=cutoff * (1 + 1e-12) + 1e-12, criterion="distance") - 1
    return found
