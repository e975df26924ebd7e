"""Noise on the weights of a neighbour graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["jitter_graph", "plan_jitters"]

_SD = 0.1
"""Default spread of the noise. On 2,700 blood cells the weights of a graph of 15 neighbours change with a spread of
0.07 (of their logarithm) when one neighbour more or fewer is used, and of 0.15 when one cell in twenty is absent: a
cluster that 0.1 dissolves hangs on weights that no analyst would defend."""


def jitter_graph(graph: sp.csr_matrix, *, sd: float, replicate: int, rng: np.random.Generator) -> sp.csr_matrix:
    """Multiply the weight of every edge by its own factor with median 1.

    The factor is ``exp(sd z)`` with ``z`` standard normal, the same in both directions of an edge. Weights that would
    exceed 1 become 1, the largest membership there is.

    Parameters
    ----------
    graph
        Symmetric weights in (0, 1], CSR, shape ``(n_obs, n_obs)``, sorted, no diagonal, as `fuzzy_graph` makes it.
    sd
        Standard deviation of the logarithm of the factors; for small values the relative one of the weights. 0 or more.
    replicate
        Number of the replicate; it names the random stream.
    rng
        The stream of the replicate.

    Returns
    -------
    CSR of the same type and pattern; symmetric, weights in (0, 1].

    Raises
    ------
    UsageError
        When `sd` is negative or not finite, or the pattern is not that of a symmetric graph.

    Examples
    --------
    >>> graph = sp.csr_matrix(np.array([[0, 0.5], [0.5, 0]], dtype=np.float32))
    >>> noisy = jitter_graph(graph, sd=0.1, replicate=0, rng=np.random.default_rng(0))
    >>> bool(noisy[0, 1] == noisy[1, 0] != 0.5)
    True
    """
    del replicate
    if not 0 <= sd < np.inf:
        raise UsageError(f"sd is {sd}", where="graph_jitter", expected="a finite number, 0 or more", fix="use sd=0.1")
    upper = sp.triu(graph, k=1, format="csr")
    upper.data = np.exp(sd * rng.standard_normal(upper.nnz))
    factors = sp.csr_matrix(upper + upper.T)
    factors.sort_indices()
    if not (np.array_equal(factors.indptr, graph.indptr) and np.array_equal(factors.indices, graph.indices)):
        raise UsageError(
            "the graph is not symmetric, not sorted, or has a diagonal",
            where="graph_jitter",
            expected="an undirected graph without loops, as a CSR matrix with sorted indices",
            fix="use the step 'fuzzy_graph'",
        )
    least = np.finfo(graph.dtype).tiny
    data = np.clip(graph.data * factors.data, least, 1).astype(graph.dtype)
    return sp.csr_matrix((data, graph.indices.copy(), graph.indptr.copy()), shape=graph.shape)


def plan_jitters(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` graphs with weights that vary by a tenth."""
    del donors, rng
    return [{"sd": _SD, "replicate": replicate} for replicate in range(n_replicates)]
