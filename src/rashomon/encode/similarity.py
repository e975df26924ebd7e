"""From distances to the weights of a graph."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["similarity"]


def similarity(distances: sp.csr_matrix, *, cutoff: float) -> sp.csr_matrix:
    """Return weights that fall linearly with the distance: ``1 - distance / (cutoff + 1)``.

    Parameters
    ----------
    distances
        CSR whose stored values are distance + 1, shape ``(n, n)``.
    cutoff
        Largest distance, that of the step that made them; with 0 all weights are 1.

    Returns
    -------
    CSR, ``float32``, the same pairs; in (0, 1], 1 for equal items.

    Raises
    ------
    UsageError
        When a distance is above the cutoff.

    Examples
    --------
    >>> near = sp.csr_matrix(np.array([[0, 2], [2, 0]], dtype=np.float32))
    >>> similarity(near, cutoff=1).toarray().tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    largest = float(distances.data.max(initial=1.0)) - 1
    if largest > cutoff:
        raise UsageError(
            f"a distance of {largest:g} is above the cutoff",
            where="similarity(cutoff=)",
            expected=f"{largest:g} or more",
            fix="give the cutoff of the distances",
        )
    weights = 1 - (distances.data.astype(np.float64) - 1) / (cutoff + 1)
    return sp.csr_matrix(
        (weights.astype(np.float32), distances.indices.copy(), distances.indptr.copy()), shape=distances.shape
    )
