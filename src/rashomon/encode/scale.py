"""Scaling of genes to unit variance."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.moment import mean_and_variance

__all__ = ["scale"]

_ROWS = 1024
"""Cells at a time: a block of them stays in the cache."""


def scale(x: sp.csr_matrix | np.ndarray, *, max_value: float | None = None) -> np.ndarray:
    """Centre each gene, divide it by its standard deviation and clip.

    Equal, bit for bit, to ``sc.pp.scale(zero_center=True)`` with one thread.

    Parameters
    ----------
    x
        Normalised expression, CSR or dense, shape ``(n_cells, n_genes)``.
    max_value
        Largest absolute value that is kept, above 0; ``None`` clips nothing.

    Returns
    -------
    Dense, shape ``(n_cells, n_genes)``: ``float64`` (8 bytes a value) from sparse input, as in scanpy, where centring
    raises the precision; of the same type as dense input. Constant genes become 0.

    Raises
    ------
    UsageError
        When `max_value` is not positive.

    Examples
    --------
    >>> scale(sp.csr_matrix(np.array([[0.0, 1.0], [2.0, 1.0]]))).round(4).tolist()
    [[-0.7071, 0.0], [0.7071, 0.0]]
    """
    if max_value is not None and max_value <= 0:
        raise UsageError(
            f"max_value is {max_value}", where="scale", expected="None or a number above 0", fix="use max_value=10"
        )
    mean, variance = mean_and_variance(x)
    deviation = np.sqrt(variance)
    deviation[deviation == 0] = 1
    if sp.issparse(x):
        scaled = np.empty(x.shape, dtype=np.result_type(x.dtype, mean.dtype))
        # a block at a time: the whole matrix is never held in both precisions
        for start in range(0, x.shape[0], _ROWS):
            block = scaled[start : start + _ROWS]
            np.subtract(x[start : start + _ROWS].toarray(), mean, out=block)
            _finish(block, deviation, max_value)
        return scaled
    scaled = x.copy()
    scaled -= mean
    _finish(scaled, deviation, max_value)
    return scaled


def _finish(centred: np.ndarray, deviation: np.ndarray, max_value: float | None) -> None:
    centred /= deviation
    if max_value is not None:
        np.clip(centred, -max_value, max_value, out=centred)
