"""Summaries of a cell among its neighbours: how often it is one, how dense it is there, how groups and batches mix."""

from __future__ import annotations

from math import ceil

import numpy as np
from scipy.special import expit, logsumexp

from rashomon.score import silhouette_items
from rashomon.sim.realism.mixing import MIN_CELLS, mixing_scores
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError

__all__ = ["hub_share", "local_density", "local_density_factor", "mixing_by_batch", "silhouette_by_group"]


def hub_share(cells: Prepared) -> np.ndarray:
    """Return how often each of `cells` is a neighbour of others, relative to the mean.

    The neighbours are the nearest 5 % of the cells in the principal components. Crowell et al. count; divided by the
    number of neighbours, tables of different size can be compared.
    """
    indices, _ = cells.nearest
    return np.asarray(np.bincount(indices.ravel(), minlength=cells.cells.n) / indices.shape[1])


def local_density_factor(cells: Prepared) -> np.ndarray:
    """Return the local density factor of each of `cells` among the nearest 5 %. See `local_density`."""
    return local_density(*cells.nearest, n_dims=cells.pcs.shape[1])


def local_density(indices: np.ndarray, distances: np.ndarray, *, n_dims: int) -> np.ndarray:
    """Return how much denser the neighbours of a point lie than the point itself.

    Parameters
    ----------
    indices, distances
        Nearest neighbours of every point, nearest first, without the point: shape ``(n_points, k)``.
    n_dims
        Dimension of the space.

    Returns
    -------
    ``m / (e + m)`` in (0, 1), where ``e`` is the local density estimate of the point and ``m`` the mean of those of its
    neighbours: 0.5 in a region of even density, near 1 for an outlier. NaN near more than ``k`` equal points.

    Notes
    -----
    Latecki, Lazarevic & Pokrajac (2007), with bandwidth and scaling constant 1: Gaussian kernels as wide as the
    distance of the neighbour to its own ``k``-th neighbour, at the reachability distance. Sums of logarithms, because
    densities in 50 dimensions leave the range of floating point numbers.

    Examples
    --------
    >>> ring = np.array([[1, 3], [2, 0], [3, 1], [0, 2]])
    >>> local_density(ring, np.ones((4, 2)), n_dims=2).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    width = distances[:, -1][indices]
    reach = np.maximum(width, distances)
    with np.errstate(divide="ignore", invalid="ignore"):
        kernel = -0.5 * n_dims * np.log(2 * np.pi) - n_dims * np.log(width) - 0.5 * (reach / width) ** 2
        density = logsumexp(kernel, axis=1) - np.log(indices.shape[1])
        around = logsumexp(density[indices], axis=1) - np.log(indices.shape[1])
        return np.asarray(expit(around - density))


def silhouette_by_group(cells: Prepared) -> np.ndarray:
    """Return the silhouette width of each of `cells` in its group, in the principal components, in [-1, 1]."""
    codes = _at_least_two(cells.cells.groups, "groups")
    known = np.flatnonzero(codes >= 0)
    return silhouette_items(codes[known], cells.pcs[known])


def mixing_by_batch(cells: Prepared) -> np.ndarray:
    """Return the cell-specific mixing score of each of `cells` by batch, in [0, 1]. See `mixing_scores`.

    The number of neighbours is half of the smallest batch (Crowell et al. 2023), or more where that would leave the
    test without enough cells of a second batch even under perfect mixing; never more than half of the cells.

    Raises
    ------
    UndefinedSummaryError
        When there are fewer than two batches, or too few cells for that.
    """
    codes = _at_least_two(cells.cells.batches, "batches")
    known = np.flatnonzero(codes >= 0)
    sizes = np.sort(np.bincount(codes[known]))
    k = max(int(sizes[sizes > 0][0]) // 2, ceil(2 * MIN_CELLS * known.size / int(sizes[-2])))
    if k > known.size / 2:
        raise UndefinedSummaryError("too few cells of a second batch", where="neighbourhoods")
    kept = Prepared(cells.cells.take(known), root=cells.root) if known.size < codes.size else cells
    indices, _ = kept.neighbours(k)
    return mixing_scores(codes[known][indices])


def _at_least_two(codes: np.ndarray | None, what: str) -> np.ndarray:
    if codes is None or np.unique(codes[codes >= 0]).size < 2:
        raise UndefinedSummaryError(f"fewer than 2 {what}", where="neighbourhoods")
    return codes
