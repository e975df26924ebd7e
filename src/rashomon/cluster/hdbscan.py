"""Hierarchical density-based clustering."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError

__all__ = ["hdbscan"]


def hdbscan(view: np.ndarray, *, min_cluster_size: int) -> np.ndarray:
    """Return the clusters of HDBSCAN that persist longest as the density threshold falls; the rest is noise.

    Deterministic. In the tens of dimensions of a view trees do not help and every pair is looked at: 16 s of one core
    for 20,000 cells, growing with the square. In so many dimensions most cells are often noise.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``.
    min_cluster_size
        Least size of a cluster, from 2 to ``n_obs``; also the number of neighbours that define density.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; clusters 0, 1, ...; noise is -1.

    Raises
    ------
    UsageError
        When `min_cluster_size` is out of range.

    Examples
    --------
    >>> points = np.repeat(np.array([[0.0], [9.0]], dtype=np.float32), 5, axis=0) + np.arange(10)[:, None] / 100
    >>> hdbscan(points, min_cluster_size=3).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    """
    n = view.shape[0]
    if not 2 <= min_cluster_size <= n:
        raise UsageError(
            f"min_cluster_size is {min_cluster_size} for {n} points",
            where="hdbscan(min_cluster_size=)",
            expected=f"2 to {n}",
            fix="use min_cluster_size=20",
        )
    from sklearn.cluster import HDBSCAN

    labels = HDBSCAN(min_cluster_size=min_cluster_size, metric="euclidean", n_jobs=1, copy=True).fit_predict(view)
    return np.asarray(labels, dtype=np.int32)
