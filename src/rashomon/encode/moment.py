"""Mean and variance per gene."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["mean_and_variance"]


def mean_and_variance(x: sp.csr_matrix | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the unbiased variance of each column, in ``float64``.

    Sums run in the order of the rows, so the result does not depend on the number of threads; it equals, bit for bit,
    what scanpy computes with one thread.

    Parameters
    ----------
    x
        CSR or dense, shape ``(n_cells, n_genes)``.

    Examples
    --------
    >>> mean, variance = mean_and_variance(sp.csr_matrix(np.array([[0.0, 1.0], [2.0, 1.0]])))
    >>> mean.tolist(), variance.tolist()
    ([1.0, 1.0], [2.0, 0.0])
    """
    n = x.shape[0]
    if sp.issparse(x):
        ones = np.ones(n)
        # squared in the type of the data, added in float64: scanpy's order of operations
        squares = sp.csr_matrix((x.data * x.data, x.indices, x.indptr), shape=x.shape)
        mean, mean_square = x.T @ ones / n, squares.T @ ones / n
    else:
        mean, mean_square = x.mean(axis=0, dtype=np.float64), (x * x).mean(axis=0, dtype=np.float64)
    variance = mean_square - mean**2
    if n != 1:
        variance *= n / (n - 1)
    return mean, variance
