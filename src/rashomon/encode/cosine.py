"""Neighbours by cosine distance, through Euclidean ones."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["cosine_distances", "unit_length"]


def unit_length(view: np.ndarray) -> np.ndarray:
    """Divide each row by its length, so that Euclidean neighbours are the neighbours by cosine distance.

    For vectors of length 1 the cosine distance is half of the squared Euclidean one, which keeps every order.

    Parameters
    ----------
    view
        Coordinates, shape ``(n_obs, n_dims)``.

    Returns
    -------
    ``float32``, shape ``(n_obs, n_dims)``, C-contiguous.

    Raises
    ------
    UsageError
        When a row has no direction: all of it is 0.

    Examples
    --------
    >>> unit_length(np.array([[3.0, 4.0]], dtype=np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    points = view.astype(np.float64)
    length = np.sqrt(np.einsum("ij,ij->i", points, points))
    zero = np.flatnonzero(length == 0)
    if zero.size:
        raise UsageError(
            f"{zero.size} rows have no direction",
            where=f"view, rows {first_few(zero)}",
            expected="rows that are not all 0",
            fix="use metric='euclidean', or drop these cells",
        )
    return np.ascontiguousarray(points / length[:, None], dtype=np.float32)


def cosine_distances(knn_distances: np.ndarray) -> np.ndarray:
    """Return the cosine distances that belong to Euclidean distances between rows of length 1: half of their square.

    Parameters
    ----------
    knn_distances
        From `unit_length` and a search for neighbours, shape ``(n_obs, k)``.

    Returns
    -------
    ``float32``, same shape; ``1 - cos`` up to about 1e-7, from 0 to 2.

    Examples
    --------
    >>> cosine_distances(np.array([[0.0, 2.0]], dtype=np.float32)).tolist()
    [[0.0, 2.0]]
    """
    return np.asarray(np.square(knn_distances, dtype=np.float64) / 2, dtype=np.float32)
