"""k-means."""

from __future__ import annotations

import warnings

import numpy as np

from rashomon.core import UsageError

__all__ = ["kmeans"]


def kmeans(view: np.ndarray, *, k: int, seed: int = 0) -> np.ndarray:
    """Return the best of ten k-means clusterings (k-means++ starts, Lloyd's algorithm).

    Runs in one thread, because the order in which several threads add up centres is not fixed.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``.
    k
        From 1 to ``n_obs``.
    seed
        Seed of scikit-learn's generator, from 0 to ``2**32 - 1``.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; clusters 0, 1, ...; fewer than `k` when there are fewer distinct points.

    Raises
    ------
    UsageError
        When `k` is out of range.

    Examples
    --------
    >>> labels = kmeans(np.array([[0.0], [0.1], [9.0]], dtype=np.float32), k=2)
    >>> bool(labels[0] == labels[1] != labels[2])
    True
    """
    if not 1 <= k <= view.shape[0]:
        raise UsageError(
            f"{k} clusters of {view.shape[0]} points",
            where="kmeans(k=)",
            expected=f"1 to {view.shape[0]}",
            fix="ask for fewer clusters",
        )
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    model = KMeans(
        n_clusters=k,
        init="k-means++",
        n_init=10,
        max_iter=300,
        tol=1e-4,
        verbose=0,
        random_state=seed,
        copy_x=True,
        algorithm="lloyd",
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # fewer distinct points than clusters: the labels are right, and their number is counted by the caller
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        labels = model.fit(view).labels_
    _, dense = np.unique(labels, return_inverse=True)
    return dense.astype(np.int32)
