"""Principal components."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean

__all__ = ["Solver", "pca", "take_pcs"]

Solver = Literal["covariance_eigh", "arpack"]


def pca(x: sp.csr_matrix | np.ndarray, *, n_comps: int, solver: Solver = "covariance_eigh") -> np.ndarray:
    """Return the coordinates of the cells on the first principal components.

    Equal, bit for bit, to ``sc.pp.pca(n_comps=, svd_solver=solver, zero_center=True, random_state=0)`` with as many
    BLAS threads.

    Parameters
    ----------
    x
        Expression, CSR or dense, shape ``(n_cells, n_genes)``.
    n_comps
        Number of components, from 1 to ``min(n_cells, n_genes) - 1``.
    solver
        ``covariance_eigh``: the covariance of all genes is decomposed, so the cost hardly depends on `n_comps`.
        ``arpack``: scanpy's default, iterates; several times slower, and another `n_comps` gives other last digits.

    Returns
    -------
    ``float32``, shape ``(n_cells, n_comps)``, C-contiguous; by decreasing variance, signs fixed.

    Raises
    ------
    UsageError
        When `n_comps` is out of range or the solver is unknown.

    Examples
    --------
    >>> pcs = pca(np.array([[0.0, 1.0, 0.0], [2.0, 1.0, 0.0], [4.0, 1.0, 1.0]]), n_comps=1)
    >>> pcs.shape, pcs.dtype.name
    ((3, 1), 'float32')
    """
    most = min(x.shape) - 1
    if not 1 <= n_comps <= most:
        raise UsageError(
            f"{n_comps} principal components of {x.shape[0]} cells and {x.shape[1]} genes",
            where="pca(n_comps=)",
            expected=f"1 to {most}",
            fix="ask for fewer components, or keep more genes",
        )
    if solver not in get_args(Solver):
        raise UsageError(f"unknown solver {solver!r}", where="pca", fix=did_you_mean(solver, get_args(Solver)))
    from sklearn.decomposition import PCA

    model = PCA(
        n_components=n_comps,
        copy=True,
        whiten=False,
        svd_solver=solver,
        tol=0.0,
        iterated_power="auto",
        n_oversamples=10,
        power_iteration_normalizer="auto",
        random_state=0,
    )
    return np.ascontiguousarray(model.fit_transform(x), dtype=np.float32)


def take_pcs(pcs: np.ndarray, *, n_pcs: int) -> np.ndarray:
    """Return the first `n_pcs` principal components, as ``sc.pp.neighbors(n_pcs=)`` takes them.

    Parameters
    ----------
    pcs
        All computed components, shape ``(n_cells, n_comps)``.
    n_pcs
        How many to take, from 1 to ``n_comps``.

    Returns
    -------
    ``float32``, shape ``(n_cells, n_pcs)``, C-contiguous, a copy.

    Raises
    ------
    UsageError
        When `n_pcs` is out of range.

    Notes
    -----
    After `scale` or `pearson_residuals` (``float64``) the prefix equals a PCA computed with `n_pcs` components. On
    unscaled sparse ``float32`` data it differs from that by rounding (about 1e-6 of the values), because BLAS adds in
    another order for another number of columns; a plan that wants the same labels whatever else it holds always
    computes the same number of components.

    Examples
    --------
    >>> take_pcs(np.arange(6, dtype=np.float32).reshape(2, 3), n_pcs=2).tolist()
    [[0.0, 1.0], [3.0, 4.0]]
    """
    if not 1 <= n_pcs <= pcs.shape[1]:
        raise UsageError(
            f"{n_pcs} of {pcs.shape[1]} principal components",
            where="take_pcs(n_pcs=)",
            expected=f"1 to {pcs.shape[1]}",
            fix="compute more components in the step before",
        )
    return np.array(pcs[:, :n_pcs], dtype=np.float32, order="C")
