"""Approximate nearest neighbours, as scanpy finds them on more than 8,192 cells."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError

__all__ = ["approximate_neighbours"]


def approximate_neighbours(view: np.ndarray, *, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Find about the `k` nearest neighbours of every point by Euclidean distance, with nearest-neighbour descent.

    Equal to the neighbours that ``sc.pp.neighbors(n_neighbors=k)`` uses from 8,192 cells on (pynndescent, one thread,
    ``random_state=0``): `fuzzy_graph` then gives scanpy's connectivities. They are not exact: a search for more
    neighbours finds others, so that a prefix of it is not the result for a smaller `k`, and each `k` is searched for.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``.
    k
        Number of neighbours, from 2 to ``n_obs - 1``; the point itself is the first.

    Returns
    -------
    knn_indices
        ``int32``, shape ``(n_obs, k)``; column 0 is the point itself.
    knn_distances
        ``float32``, shape ``(n_obs, k)``, increasing; column 0 is 0.

    Raises
    ------
    UsageError
        When pynndescent is not installed, `k` is out of range, or the search leaves points without `k` neighbours.

    Notes
    -----
    Where points have exact duplicates, the search may list a duplicate before the point itself; the two change places,
    which no graph sees. A point crowded out by its duplicates takes the first place, and the last neighbour goes;
    scanpy keeps it.
    """
    n = view.shape[0]
    if not 2 <= k < n:
        raise UsageError(
            f"{k} approximate neighbours of {n} points",
            where="approximate_neighbours(k=)",
            expected=f"2 to {n - 1}, the point itself included",
            fix="ask for fewer neighbours",
        )
    try:
        from pynndescent import NNDescent
    except ImportError as error:
        raise UsageError(
            "approximate neighbours need pynndescent, which is not installed",
            where="approximate_neighbours",
            expected="the optional extra 'approximate'",
            fix='pip install "rashomon[approximate]", or use exact neighbours',
        ) from error
    # a copy: the search keeps a reference, and kernels are compiled once more for read-only arrays
    points = np.array(view, dtype=np.float32, order="C")
    indices, distances = NNDescent(
        points,
        metric="euclidean",
        n_neighbors=k + 1,  # as the transformer of pynndescent asks; the last one is dropped by scanpy
        n_trees=min(64, 5 + round(n**0.5 / 20.0)),
        n_iters=max(5, round(np.log2(n))),
        random_state=0,
        n_jobs=1,
        low_memory=True,
        compressed=False,
    ).neighbor_graph
    if (indices < 0).any():
        raise UsageError(
            "the approximate search found too few neighbours",
            where="approximate_neighbours",
            expected=f"{k} neighbours for every point",
            fix="use exact neighbours",
        )
    return _itself_first(indices.astype(np.int32), distances.astype(np.float32), k)


def _itself_first(indices: np.ndarray, distances: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first `k` columns with the point itself in column 0."""
    n = indices.shape[0]
    own = indices == np.arange(n)[:, None]
    for row in np.flatnonzero(~own[:, 0]):
        place = int(own[row].argmax()) if own[row].any() else -1
        indices[row, 1:] = np.delete(indices[row], place)
        distances[row, 1:] = np.delete(distances[row], place)
        indices[row, 0], distances[row, 0] = row, 0
    return np.ascontiguousarray(indices[:, :k]), np.ascontiguousarray(distances[:, :k])
