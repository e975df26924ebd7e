"""Coordinates from distances to a few landmarks, where all distances would be too many."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["farthest_landmarks", "landmark_coordinates"]


def farthest_landmarks(
    distances_from: Callable[[int], np.ndarray], n_items: int, *, n_landmarks: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose landmarks that lie far from each other: each is the item farthest from all before it.

    Parameters
    ----------
    distances_from
        Called with an item, returns its distances to all items, shape ``(n,)``, not negative. Called once for each
        landmark.
    n_items
        Number of items, ``n``.
    n_landmarks
        How many, from 1 to `n_items`. Fewer are returned where every item is at distance 0 from a landmark.
    rng
        Draws the first one.

    Returns
    -------
    landmarks
        Positions, ``int64``, in the order in which they were chosen.
    to_landmarks
        Distances of all items to them, ``float64``, shape ``(n, n_chosen)``.

    Raises
    ------
    UsageError
        When `n_landmarks` is out of range, or a distance is negative or not finite.

    Notes
    -----
    Gonzalez (1985), Theoretical Computer Science 38:293: the largest distance to the nearest landmark is at most twice
    the smallest possible one, for distances that obey the triangle inequality.

    Examples
    --------
    >>> line = np.array([0.0, 1.0, 2.0, 10.0])
    >>> rng = np.random.default_rng(0)
    >>> chosen, _ = farthest_landmarks(lambda item: abs(line - line[item]), 4, n_landmarks=2, rng=rng)
    >>> bool({3} < {*chosen.tolist()})
    True
    """
    if not 1 <= n_landmarks <= n_items:
        raise UsageError(
            f"{n_landmarks} landmarks of {n_items} items", where="farthest_landmarks", expected=f"1 to {n_items}"
        )
    landmarks: list[int] = []
    columns: list[np.ndarray] = []
    nearest, following = np.full(n_items, np.inf), int(rng.integers(n_items))
    while len(landmarks) < n_landmarks and nearest.max() > 0:
        landmarks.append(following)
        columns.append(_checked(distances_from(following), f"from item {following}"))
        nearest = np.minimum(nearest, columns[-1])
        following = int(nearest.argmax())
    return np.array(landmarks, dtype=np.int64), np.stack(columns, axis=1)


def landmark_coordinates(to_landmarks: np.ndarray, between: np.ndarray, *, n_dims: int) -> np.ndarray:
    """Return coordinates whose distances approximate those that were measured to the landmarks.

    Parameters
    ----------
    to_landmarks
        Distances of every item to every landmark, shape ``(n, n_landmarks)``.
    between
        Distances between the landmarks, shape ``(n_landmarks, n_landmarks)``, symmetric with zeros on the diagonal.
    n_dims
        Coordinates wanted, from 1 to ``n_landmarks - 1``.

    Returns
    -------
    ``float32``, shape ``(n, n_dims)``, by decreasing eigenvalue; the largest absolute value of a landmark in each
    column is positive. Columns beyond the positive eigenvalues are 0: distances of sequences are not Euclidean, and no
    coordinates hold the rest of them.

    Raises
    ------
    UsageError
        When the shapes do not fit, a distance is negative or not finite, or `n_dims` is out of range.

    Notes
    -----
    Landmark scaling (de Silva & Tenenbaum 2004, technical report, Stanford), which is the Nyström formula on the
    double-centred squared distances: with all items as landmarks it is classical scaling (Torgerson 1952), and exact
    for Euclidean distances. Time grows with ``n * n_landmarks``.

    Examples
    --------
    >>> line = np.array([0.0, 1.0, 3.0, 7.0])
    >>> between = abs(line[:3, None] - line[None, :3])
    >>> found = landmark_coordinates(abs(line[:, None] - line[None, :3]), between, n_dims=1)[:, 0]
    >>> (found - found[0]).round(4).tolist()
    [0.0, 1.0, 3.0, 7.0]
    """
    n_landmarks = between.shape[0]
    if between.shape != (n_landmarks, n_landmarks) or to_landmarks.shape[1:] != (n_landmarks,):
        raise UsageError(
            f"distances have shapes {to_landmarks.shape} and {between.shape}",
            where="landmark_coordinates",
            expected="(n, n_landmarks) and (n_landmarks, n_landmarks)",
        )
    if not 1 <= n_dims < n_landmarks:
        raise UsageError(
            f"{n_dims} coordinates of {n_landmarks} landmarks",
            where="landmark_coordinates(n_dims=)",
            expected=f"1 to {n_landmarks - 1}",
            fix="ask for fewer coordinates, or choose more landmarks",
        )
    squared = _checked(between, "between landmarks") ** 2
    mean = squared.mean(axis=0)
    values, vectors = np.linalg.eigh(-0.5 * (squared - mean - mean[:, None] + mean.mean()))
    values, vectors = values[::-1][:n_dims], vectors[:, ::-1][:, :n_dims]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(n_dims)])
    usable = values > max(values[0], 0.0) * n_landmarks * np.finfo(np.float64).eps
    scale = np.where(usable, 1.0 / np.sqrt(np.where(usable, values, 1.0)), 0.0)
    offset = _checked(to_landmarks, "to landmarks") ** 2 - mean
    return np.ascontiguousarray(-0.5 * offset @ (vectors * scale), dtype=np.float32)


def _checked(distances: np.ndarray, what: str) -> np.ndarray:
    values = np.asarray(distances, dtype=np.float64)
    bad = np.flatnonzero(~((values >= 0) & (values < np.inf)).ravel())
    if bad.size:
        raise UsageError(
            f"{bad.size} distances are negative or not finite",
            where=f"distances {what}, entries {first_few(bad)}",
            expected="numbers of 0 or more",
        )
    return values
