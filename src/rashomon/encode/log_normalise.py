"""Depth normalisation and logarithm."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["log_normalise"]


def log_normalise(x: sp.csr_matrix, *, target_sum: float | None = None) -> sp.csr_matrix:
    """Scale every cell to the same total count and take ``log(1 + x)``.

    Equal, bit for bit, to ``sc.pp.normalize_total`` followed by ``sc.pp.log1p`` on a ``float32`` CSR matrix.

    Parameters
    ----------
    x
        Counts, CSR ``float32``, shape ``(n_cells, n_genes)``.
    target_sum
        Common total count; ``None`` takes the median of the totals of the cells in `x`, so that the result depends on
        which cells are present. Cells without counts stay empty.

    Returns
    -------
    CSR ``float32`` of the same shape and sparsity.

    Raises
    ------
    UsageError
        When the common total is not positive: half of the cells are empty, or `target_sum` is wrong.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[1, 3], [2, 0]], dtype=np.float32))
    >>> np.expm1(log_normalise(x, target_sum=8).toarray()).round(4).tolist()
    [[2.0, 6.0], [8.0, 0.0]]
    """
    # float64 totals rounded to float32, as scanpy's kernel has them
    totals = (x @ np.ones(x.shape[1])).astype(np.float32)
    target = np.median(totals) if target_sum is None else target_sum
    if not target > 0:
        raise UsageError(
            f"cells cannot be scaled to a total count of {target}",
            where="log_normalise(target_sum=)",
            expected="a number above 0; with None, counts in more than half of the cells",
            fix="filter empty cells first, or use target_sum=1e4",
        )
    factors = totals / target
    factors += factors == 0
    data = x.data / np.repeat(factors, np.diff(x.indptr))
    return sp.csr_matrix((np.log1p(data), x.indices.copy(), x.indptr.copy()), shape=x.shape)
