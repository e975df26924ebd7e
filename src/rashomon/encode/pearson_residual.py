"""Analytic Pearson residuals."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["pearson_residuals"]

_ROWS = 4096
"""Cells whose residuals are computed together."""


def pearson_residuals(x: sp.csr_matrix, *, theta: float = 100.0, clip: float | None = None) -> np.ndarray:
    """Return the Pearson residuals of a negative binomial model in which depth is the only effect.

    With ``mu = (cell total) (gene total) / (grand total)``, the residual is ``(x - mu) / sqrt(mu + mu^2 / theta)``,
    clipped to ``[-clip, clip]``. Equal, bit for bit, to ``sc.experimental.pp.normalize_pearson_residuals``.

    Parameters
    ----------
    x
        Counts, CSR ``float32``, shape ``(n_cells, n_genes)``. Choose genes first: the result is dense.
    theta
        Size of the negative binomial, above 0; smaller is more overdispersed, infinity is Poisson.
    clip
        Largest absolute residual, 0 or more; ``None`` is the square root of the number of cells.

    Returns
    -------
    Dense, shape ``(n_cells, n_genes)``; ``float64`` of 8 bytes a value when `clip` is ``None``, as in scanpy, whose
    limit is ``float64``; else ``float32``.

    Raises
    ------
    UsageError
        When `theta` or `clip` is out of range.

    Notes
    -----
    A gene or cell without counts has residual 0 (scanpy: NaN).

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[4, 0], [0, 4]], dtype=np.float32))
    >>> pearson_residuals(x, theta=100.0, clip=1.0).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if theta <= 0 or (clip is not None and clip < 0):
        raise UsageError(
            f"theta is {theta}, clip is {clip}",
            where="pearson_residuals",
            expected="theta above 0, clip None or at least 0",
            fix="use theta=100 and clip=None",
        )
    limit = np.sqrt(x.shape[0]) if clip is None else clip
    cell_totals, gene_totals = np.asarray(x.sum(axis=1)), np.asarray(x.sum(axis=0))
    total = np.sum(gene_totals)
    clipped = np.empty(x.shape, dtype=np.result_type(x.dtype, limit))
    # a block at a time: the result is the only dense matrix of all cells
    for start in range(0, x.shape[0], _ROWS):
        rows = slice(start, start + _ROWS)
        expected = cell_totals[rows] @ gene_totals / total
        residuals = np.asarray(x[rows].toarray() - expected)
        # where nothing is expected nothing was seen: 0 / 1 instead of 0 / 0
        deviation = np.sqrt(expected + expected**2 / theta)
        deviation[expected == 0] = 1
        residuals /= deviation
        np.clip(residuals, -limit, limit, out=clipped[rows])
    return clipped
