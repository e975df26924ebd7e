"""Variance of each gene, standardised by what its mean lets expect."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.moment import mean_and_variance

__all__ = ["standardised_variance"]

_SPAN = 0.3
_LEAST = 10
"""Fewer points than this do not determine a local quadratic curve."""


def standardised_variance(x: sp.csr_matrix) -> np.ndarray:
    """Return the variance of the counts of each gene, clipped and divided by the variance expected from its mean.

    The expected variance is a local quadratic regression (span 0.3) of the logarithm of the variance on that of the
    mean. Counts more than ``sqrt(n_cells)`` expected deviations above the mean are clipped. Equal to the column
    ``variances_norm`` of ``sc.pp.highly_variable_genes(flavor="seurat_v3")``.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.

    Returns
    -------
    ``float64``, shape ``(n_genes,)``; 0 for a gene that does not vary.

    Raises
    ------
    UsageError
        When `x` does not hold counts, or too few genes vary for the regression.
    """
    if not (np.all(x.data >= 0) and np.array_equal(x.data, np.floor(x.data))):
        raise UsageError(
            "the matrix does not hold counts",
            where="flavor='seurat_v3'",
            expected="whole numbers, 0 or more",
            fix="rank genes before normalising, or use flavor='seurat' on normalised data",
        )
    n = x.shape[0]
    mean, variance = mean_and_variance(x)
    varies = variance > 0
    deviation = np.sqrt(10 ** _expected(mean, variance, varies))
    limit = deviation * np.sqrt(n) + mean
    clipped = np.minimum(x.data.astype(np.float64), limit[x.indices])
    squares = np.bincount(x.indices, weights=clipped * clipped, minlength=mean.size)
    total = np.bincount(x.indices, weights=clipped, minlength=mean.size)
    return np.asarray((1 / ((n - 1) * np.square(deviation))) * ((n * np.square(mean)) + squares - 2 * total * mean))


def _expected(mean: np.ndarray, variance: np.ndarray, varies: np.ndarray) -> np.ndarray:
    """Return the logarithm of the expected variance; 0 for genes that do not vary."""
    from skmisc.loess import loess

    if np.unique(mean[varies]).size < _LEAST:
        raise UsageError(
            f"{np.unique(mean[varies]).size} different means of genes that vary",
            where="flavor='seurat_v3'",
            expected=f"at least {_LEAST}, to learn the variance from the mean",
            fix="use more cells and genes, or another flavor",
        )
    curve = np.zeros(mean.size)
    model = loess(np.log10(mean[varies]), np.log10(variance[varies]), span=_SPAN, degree=2)
    try:
        model.fit()
    except ValueError as error:
        raise UsageError(
            f"the variance cannot be learned from the mean: {error}",
            where="flavor='seurat_v3'",
            expected="genes of many different means",
            fix="use more cells, drop genes seen in few cells, or use another flavor",
        ) from error
    curve[varies] = model.outputs.fitted_values
    return curve
