"""Cells of equal depth: two tables are thinned to the same totals, so that depth no longer tells them apart."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import RNGLike, child, root_entropy

__all__ = ["match_depth"]


def match_depth(a: sp.csr_matrix, b: sp.csr_matrix, *, rng: RNGLike) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Thin two tables of equally many cells until their cells have the same totals.

    The cells of both are paired by the rank of their total; in every pair, molecules are removed from the deeper cell
    at random and without replacement until it has as many as the other.

    Parameters
    ----------
    a, b
        Counts, CSR, shape ``(n_cells, n_genes)``.
    rng
        Removes molecules.

    Returns
    -------
    The thinned tables, rows in the order in which they came.

    Examples
    --------
    >>> a, b = sp.csr_matrix(np.array([[9, 1], [1, 1]])), sp.csr_matrix(np.array([[2, 0], [3, 3]]))
    >>> [x.sum(axis=1).ravel().tolist() for x in match_depth(a, b, rng=0)]
    [[[6, 2]], [[2, 6]]]
    """
    root = root_entropy(rng)
    totals = [np.asarray(x.sum(axis=1), dtype=np.int64).ravel() for x in (a, b)]
    order = [np.argsort(total, kind="stable") for total in totals]
    kept = np.minimum(totals[0][order[0]], totals[1][order[1]])
    found = []
    for name, x, rows in zip("ab", (a, b), order, strict=True):
        target = np.empty(kept.size, dtype=np.int64)
        target[rows] = kept
        found.append(_thin(x, target, child(root, "depth", name)))
    return found[0], found[1]


def _thin(x: sp.csr_matrix, target: np.ndarray, rng: np.random.Generator) -> sp.csr_matrix:
    data = x.data.astype(np.int64)
    for i, keep in enumerate(target):
        row = slice(x.indptr[i], x.indptr[i + 1])
        if keep < data[row].sum():
            data[row] = rng.multivariate_hypergeometric(data[row], keep, method="marginals")
    thinned = sp.csr_matrix((data.astype(x.dtype), x.indices.copy(), x.indptr.copy()), shape=x.shape)
    thinned.eliminate_zeros()
    return thinned
