"""The weighted neighbour graph: fuzzy simplicial set of UMAP, with one connected neighbour and pure union."""

from __future__ import annotations

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["fuzzy_graph"]

_N_HALVINGS = 64
_TOLERANCE = 1e-5
_LEAST_WIDTH = 1e-3
"""Least bandwidth, as a share of the mean distance to the neighbours."""


def fuzzy_graph(knn_indices: np.ndarray, knn_distances: np.ndarray, *, k: int) -> sp.csr_matrix:
    """Turn the first `k` neighbours of every point into a symmetric weighted graph.

    The weight of the edge from i to j is ``exp(-(d_ij - rho_i) / sigma_i)`` with ``rho_i`` the distance to the nearest
    distinct point, and ``sigma_i`` such that the weights of i add up to ``log2(k)``. The two directions are joined by
    ``a + b - a b``. Equal, bit for bit, to the connectivities of ``sc.pp.neighbors(method="umap")``.

    Parameters
    ----------
    knn_indices
        Shape ``(n_obs, k_max)``; column 0 is the point itself.
    knn_distances
        Increasing along each row, shape ``(n_obs, k_max)``; column 0 is exactly 0.
    k
        How many columns to use, the point itself included; from 2 to ``k_max``.

    Returns
    -------
    CSR ``float32``, shape ``(n_obs, n_obs)``, symmetric, no diagonal, sorted indices; weights in (0, 1] up to
    rounding.

    Raises
    ------
    UsageError
        When `k` is out of range, or column 0 is not the point itself at distance 0.

    Examples
    --------
    >>> indices = np.array([[0, 1], [1, 0], [2, 1]], dtype=np.int32)
    >>> distances = np.array([[0, 1], [0, 1], [0, 2]], dtype=np.float32)
    >>> fuzzy_graph(indices, distances, k=2).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    n, k_max = knn_indices.shape
    if not 2 <= k <= k_max:
        raise UsageError(
            f"{k} of {k_max} stored neighbours",
            where="fuzzy_graph(k=)",
            expected=f"2 to {k_max}, the point itself included",
            fix="search for more neighbours in the step before",
        )
    if knn_distances[:, 0].any() or not np.array_equal(knn_indices[:, 0], np.arange(n)):
        raise UsageError(
            "the first neighbour of a point is not the point itself at distance 0",
            where="knn_indices, knn_distances",
            expected="column 0 with the point itself and distance exactly 0",
            fix="use the step 'neighbours'",
        )
    weights = _memberships(np.array(knn_distances[:, :k], dtype=np.float32, order="C"))
    targets = knn_indices[:, 1:k].astype(np.int32).ravel()
    one_way = sp.csr_matrix((weights.ravel(), targets, np.arange(0, n * (k - 1) + 1, k - 1, dtype=np.int32)), (n, n))
    one_way.sort_indices()
    other_way = one_way.T.tocsr()
    graph = one_way + other_way - one_way.multiply(other_way)
    graph.eliminate_zeros()
    return sp.csr_matrix(graph)


@numba.njit(cache=True, nogil=True)
def _memberships(distances: np.ndarray) -> np.ndarray:
    """Return the one-way weights of all neighbours but the point itself."""
    n, k = distances.shape
    target = np.log2(float(k))
    weights = np.ones((n, k - 1), dtype=np.float32)
    for row in range(n):
        nearest = np.float32(0)
        total = np.float32(0)
        for place in range(k):
            distance = distances[row, place]
            total += distance
            if nearest == 0:
                nearest = distance
        if nearest == 0:
            continue  # nothing but duplicates: every weight is 1
        width = np.float32(_bandwidth(distances[row], nearest, target))
        least = _LEAST_WIDTH * (total / k)
        if width < least:
            width = np.float32(least)
        for place in range(1, k):
            beyond = distances[row, place] - nearest
            if beyond > 0 and width != 0:
                weights[row, place - 1] = np.exp(-(beyond / width))
    return weights


@numba.njit(cache=True, nogil=True)
def _bandwidth(distances: np.ndarray, nearest: np.float32, target: float) -> float:
    """Find, by doubling and bisection, the width at which the weights add up to `target`."""
    low, high, width = 0.0, np.inf, 1.0
    for _ in range(_N_HALVINGS):
        total = 0.0
        for place in range(1, distances.size):
            beyond = distances[place] - nearest
            total += np.exp(-(beyond / width)) if beyond > 0 else 1.0
        if abs(total - target) < _TOLERANCE:
            break
        if total > target:
            high = width
        else:
            low = width
        width = (low + high) / 2.0 if high < np.inf else 2.0 * width
    return width
