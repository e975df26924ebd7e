"""Binomial thinning of counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["plan_thinnings", "thin"]

_KEEP = 0.5
"""Share of the molecules kept by default: as much is removed as a half sample removes of the cells."""

_MOST = 2.0**53
"""Counts beyond this are not exact in any float."""


def thin(x: sp.csr_matrix, *, keep: float, replicate: int, rng: np.random.Generator) -> sp.csr_matrix:
    """Keep every molecule independently with probability `keep`.

    Given a count ``X``, the result is ``Binomial(X, keep)``. It and the molecules left out are independent when counts
    are Poisson within a cell type; for a negative binomial of size ``r`` their covariance is
    ``keep (1 - keep) mu^2 / r``.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``: whole numbers, 0 or more.
    keep
        Probability, in (0, 1]; 1 changes nothing.
    replicate
        Number of the replicate; it names the random stream.
    rng
        The stream of the replicate.

    Returns
    -------
    CSR of the same shape and type, without stored zeros.

    Raises
    ------
    UsageError
        When `keep` is out of range, or `x` does not hold counts.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[4, 0], [0, 9]], dtype=np.float32))
    >>> thin(x, keep=1.0, replicate=0, rng=np.random.default_rng(0)).toarray().tolist()
    [[4.0, 0.0], [0.0, 9.0]]
    """
    del replicate
    if not 0 < keep <= 1:
        raise UsageError(f"keep is {keep}", where="thinning", expected="a number in (0, 1]", fix="use keep=0.5")
    if not ((x.data >= 0) & (x.data < _MOST) & (x.data == np.floor(x.data))).all():
        raise UsageError(
            "the matrix does not hold counts",
            where="thinning",
            expected="whole numbers, 0 or more",
            fix="start from raw counts, or leave this perturbation out",
        )
    data = rng.binomial(x.data.astype(np.int64), keep).astype(x.dtype)
    thinned = sp.csr_matrix((data, x.indices.copy(), x.indptr.copy()), shape=x.shape)
    thinned.eliminate_zeros()
    return thinned


def plan_thinnings(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` thinnings that keep half of the molecules."""
    del donors, rng
    return [{"keep": _KEEP, "replicate": replicate} for replicate in range(n_replicates)]
