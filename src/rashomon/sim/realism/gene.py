"""Summaries with one value per gene."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.encode.dispersion import standardised_dispersion
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError

__all__ = [
    "coefficient_of_variation",
    "detection",
    "explained_by_batches",
    "explained_by_groups",
    "explained_variance",
    "mean",
    "mean_undetected",
    "mean_variance",
    "scaled_variance",
    "variance",
]


def mean(cells: Prepared) -> np.ndarray:
    """Return the mean of ``log(1 + CPM)`` of every gene of `cells`."""
    return cells.moments[0]


def variance(cells: Prepared) -> np.ndarray:
    """Return the variance of ``log(1 + CPM)`` of every gene of `cells`."""
    return cells.moments[1]


def coefficient_of_variation(cells: Prepared) -> np.ndarray:
    """Return the standard deviation of ``log(1 + CPM)`` by its mean, per gene of `cells`; NaN where never detected."""
    centre, spread = cells.moments
    return np.asarray(np.divide(np.sqrt(spread), centre, out=np.full(centre.size, np.nan), where=centre > 0))


def scaled_variance(cells: Prepared) -> np.ndarray:
    """Return the dispersion of the genes of `cells`, standardised among genes of similar mean (Satija et al. 2015)."""
    return standardised_dispersion(cells.log_normalised, flavor="seurat")


def detection(cells: Prepared) -> np.ndarray:
    """Return the share of `cells` in which each gene is detected, in [0, 1]."""
    counts = cells.cells.counts
    return np.asarray(np.bincount(counts.indices, minlength=counts.shape[1]) / cells.cells.n)


def mean_variance(cells: Prepared) -> np.ndarray:
    """Return mean and variance of ``log(1 + CPM)`` of every gene of `cells`, as columns."""
    return np.column_stack(cells.moments)


def mean_undetected(cells: Prepared) -> np.ndarray:
    """Return mean of ``log(1 + CPM)`` and share of `cells` without a molecule, of every gene, as columns."""
    return np.column_stack([mean(cells), 1 - detection(cells)])


def explained_by_groups(cells: Prepared) -> np.ndarray:
    """Return the share of the variance of each gene that lies between the groups of `cells`, in [0, 1]."""
    return _explained(cells, cells.cells.groups, "groups")


def explained_by_batches(cells: Prepared) -> np.ndarray:
    """Return the share of the variance of each gene that lies between the batches of `cells`, in [0, 1]."""
    return _explained(cells, cells.cells.batches, "batches")


def _explained(cells: Prepared, codes: np.ndarray | None, what: str) -> np.ndarray:
    known = np.flatnonzero(codes >= 0) if codes is not None else np.empty(0, np.int64)
    if codes is None or np.unique(codes[known]).size < 2:
        raise UndefinedSummaryError(f"fewer than 2 {what}", where="variance explained")
    return explained_variance(cells.log_normalised[known], codes[known])


def explained_variance(x: sp.csr_matrix, codes: np.ndarray) -> np.ndarray:
    """Return the share of the variance of each column of `x` that lies between groups.

    Parameters
    ----------
    x
        Expression, CSR, shape ``(n_cells, n_genes)``.
    codes
        Group of each cell, 0 or more, shape ``(n_cells,)``.

    Returns
    -------
    ``float64`` in [0, 1], shape ``(n_genes,)``; NaN for a gene that does not vary.

    Raises
    ------
    UndefinedSummaryError
        When there are not more cells than groups.

    Notes
    -----
    ``s_b / (s_b + s_w)`` of a one-way random effect, both by the analysis of variance (Searle, Casella & McCulloch
    1992, ch. 3), where Crowell et al. use REML: equal in balanced designs, close to it elsewhere, and closed.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[1.0, 1.0], [1.0, 3.0], [5.0, 1.0], [5.0, 3.0]]))
    >>> explained_variance(x, np.array([0, 0, 1, 1])).tolist()
    [1.0, 0.0]
    """
    _, group = np.unique(codes, return_inverse=True)
    n, sizes = group.size, np.bincount(group)
    n_groups = sizes.size
    if n <= n_groups:
        raise UndefinedSummaryError(f"{n} cells in {n_groups} groups", where="variance explained")
    members = sp.csr_matrix((np.ones(n), (group, np.arange(n))), shape=(n_groups, n))
    x = x.astype(np.float64)
    sums = (members @ x).toarray()
    total = np.asarray(x.multiply(x).sum(axis=0)).ravel()
    between = (sums**2 / sizes[:, None]).sum(axis=0)
    within = np.maximum(total - between, 0.0) / (n - n_groups)
    between = np.maximum(between - sums.sum(axis=0) ** 2 / n, 0.0) / (n_groups - 1)
    average = (n - (sizes.astype(float) ** 2).sum() / n) / (n_groups - 1)
    added = np.maximum(between - within, 0.0) / average
    whole = added + within
    # what rounding leaves of a constant gene is no variance
    varies = whole > 1e-12 * np.maximum(total / n, 1e-300)
    return np.asarray(np.divide(added, whole, out=np.full(whole.size, np.nan), where=varies))
