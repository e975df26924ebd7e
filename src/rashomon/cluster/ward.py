"""Agglomerative clustering by Ward's criterion."""

from __future__ import annotations

import numpy as np

from rashomon.cluster.cluster_number import check_number

__all__ = ["ward"]


def ward(view: np.ndarray, *, k: int) -> np.ndarray:
    """Join the two clusters whose union adds the least variance within clusters, until `k` are left.

    Deterministic. All pairwise distances are held: 1.9 GB and 10 s of one core for 15,000 cells, which is the limit
    (`Step.max_obs`).

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``.
    k
        From 1 to ``n_obs``.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; clusters 0, 1, ...

    Raises
    ------
    UsageError
        When `k` is out of range.

    Examples
    --------
    >>> labels = ward(np.array([[0.0], [0.1], [9.0]], dtype=np.float32), k=2)
    >>> bool(labels[0] == labels[1] != labels[2])
    True
    """
    check_number(k, n_obs=view.shape[0], where="ward")
    if view.shape[0] == 1:
        return np.zeros(1, dtype=np.int32)
    from sklearn.cluster import AgglomerativeClustering

    labels = AgglomerativeClustering(n_clusters=k, metric="euclidean", linkage="ward").fit_predict(view)
    return np.asarray(labels, dtype=np.int32)
