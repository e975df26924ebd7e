"""Trimmed mean of M-values: how the composition of a cell shifts its counts against a reference cell."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.stats import rankdata

__all__ = ["tmm_factors"]

_TRIM_RATIO = 0.3
_TRIM_LEVEL = 0.05


def tmm_factors(counts: sp.csr_matrix) -> np.ndarray:
    """Return the normalisation factor of every cell by the trimmed mean of M-values.

    Log ratios to a reference cell, over the genes detected in both, are trimmed by 30 % on either side of the ratio and
    by 5 % on either side of the level, and averaged with the inverse of their approximate variance as weights.

    Parameters
    ----------
    counts
        CSR without explicit zeros, shape ``(n_cells, n_genes)``.

    Returns
    -------
    ``float64``, shape ``(n_cells,)``, with geometric mean 1; NaN for empty cells; 1 before scaling for a cell that
    shares no gene with the reference. The reference is the cell whose upper quartile is nearest to the mean one, or,
    where most upper quartiles are 0 as in sparse data, the cell with the largest sum of square roots.

    Notes
    -----
    Robinson & Oshlack (2010), Genome Biology 11:R25, with the settings of edgeR's ``calcNormFactors``.

    Examples
    --------
    >>> tmm_factors(sp.csr_matrix(np.tile([5, 1, 7, 3], (3, 1)))).tolist()
    [1.0, 1.0, 1.0]
    """
    totals = np.asarray(counts @ np.ones(counts.shape[1]))
    filled = totals > 0
    if not filled.any():
        return np.full(totals.size, np.nan)
    chosen = _reference(counts, totals, filled)
    reference = np.zeros(counts.shape[1])
    row = slice(counts.indptr[chosen], counts.indptr[chosen + 1])
    reference[counts.indices[row]] = counts.data[row]
    logs = np.full(totals.size, np.nan)
    for i in np.flatnonzero(filled):
        row = slice(counts.indptr[i], counts.indptr[i + 1])
        known = reference[counts.indices[row]]
        both = known > 0
        logs[i] = _log_factor(counts.data[row][both].astype(np.float64), known[both], totals[i], totals[chosen])
    return np.asarray(np.exp2(logs - logs[filled].mean()))


def _reference(counts: sp.csr_matrix, totals: np.ndarray, filled: np.ndarray) -> int:
    n_genes = int((np.bincount(counts.indices, minlength=counts.shape[1]) > 0).sum())
    quartiles = np.array([_upper_quartile(counts.data[a:b], n_genes) for a, b in _rows(counts)])
    quartiles = np.divide(quartiles, totals, out=np.zeros(totals.size), where=filled)
    if np.median(quartiles[filled]) < 1e-20:
        roots = sp.csr_matrix((np.sqrt(counts.data, dtype=np.float64), counts.indices, counts.indptr), counts.shape)
        return int(np.argmax(roots @ np.ones(counts.shape[1])))
    distance = np.where(filled, np.abs(quartiles - quartiles[filled].mean()), np.inf)
    return int(np.argmin(distance))


def _rows(counts: sp.csr_matrix) -> list[tuple[int, int]]:
    return list(zip(counts.indptr[:-1], counts.indptr[1:], strict=True))


def _upper_quartile(values: np.ndarray, n: int) -> float:
    """Return the 0.75 quantile of `values` and as many zeros as make `n` numbers of them."""
    if values.size < 0.25 * (n - 1):
        return 0.0
    return float(np.quantile(np.concatenate([np.zeros(n - values.size), values]), 0.75))


def _log_factor(mine: np.ndarray, reference: np.ndarray, n_mine: float, n_reference: float) -> float:
    if mine.size == 0:
        return 0.0
    a, b = np.log2(mine / n_mine), np.log2(reference / n_reference)
    ratio, level = a - b, (a + b) / 2
    if np.abs(ratio).max() < 1e-6:
        return 0.0
    inverse = (n_mine - mine) / n_mine / mine + (n_reference - reference) / n_reference / reference
    kept = _middle(ratio, _TRIM_RATIO) & _middle(level, _TRIM_LEVEL) & (inverse > 0)
    return float(np.average(ratio[kept], weights=1 / inverse[kept])) if kept.any() else 0.0


def _middle(values: np.ndarray, trim: float) -> np.ndarray:
    low = np.floor(values.size * trim) + 1
    rank = rankdata(values)
    return np.asarray((rank >= low) & (rank <= values.size + 1 - low))
