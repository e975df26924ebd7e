"""Distances between two samples of one number, or of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import energy_distance, wasserstein_distance

from rashomon.core import Registry, RNGLike, child, resolve, root_entropy

__all__ = ["DISTANCES", "Distance", "energy", "ks", "ks_2d", "wasserstein"]

_MOST = 2_000
"""Points of a bivariate sample that are compared: time and memory are quadratic."""


@dataclass(frozen=True)
class Distance:
    """A distance between two samples.

    Parameters
    ----------
    name
        The name in tables.
    summary
        One line for lists.
    n_columns
        Numbers per item that it takes.
    function
        Dotted path ``module:function``, called with the real and the simulated sample and ``rng=``.
    ranks
        Whether simulators are ranked by it: one distance per summary.

    Examples
    --------
    >>> DISTANCES["ks"].between(np.arange(4.0), np.arange(4.0) + 2)
    0.5
    """

    name: str
    summary: str
    n_columns: tuple[int, ...]
    function: str
    ranks: bool = False

    def between(self, real: np.ndarray, simulated: np.ndarray, *, rng: RNGLike = 0) -> float:
        """Return the distance between the `real` and the `simulated` sample; `rng` draws bounded subsamples."""
        return float(resolve(self.function)(real, simulated, rng=rng))


DISTANCES: Registry[Distance] = Registry(
    "distance",
    [
        Distance(
            "ks",
            "Largest difference between the distribution functions.",
            (1,),
            "rashomon.sim.realism.distance:ks",
            ranks=True,
        ),
        Distance(
            "wasserstein",
            "Mean shift of a value, in standard deviations of the real ones.",
            (1,),
            "rashomon.sim.realism.distance:wasserstein",
        ),
        Distance(
            "ks_2d",
            "Largest difference between shares of the four quadrants around a point.",
            (2,),
            "rashomon.sim.realism.distance:ks_2d",
            ranks=True,
        ),
        Distance(
            "energy",
            "Energy distance, in standard deviations of the real values.",
            (1, 2),
            "rashomon.sim.realism.distance:energy",
        ),
    ],
)
"""The distances, in the order of tables."""


def ks(real: np.ndarray, simulated: np.ndarray, *, rng: RNGLike = 0) -> float:
    """Return the two-sample Kolmogorov-Smirnov statistic, in [0, 1].

    Parameters
    ----------
    real, simulated
        Values without NaN, shapes ``(n_real,)`` and ``(n_simulated,)``.
    rng
        Not used: all values take part.

    Examples
    --------
    >>> ks(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    del rng
    a, b = np.sort(real), np.sort(simulated)
    points = np.concatenate([a, b])
    below = (np.searchsorted(values, points, side="right") / values.size for values in (a, b))
    return float(np.abs(next(below) - next(below)).max())


def wasserstein(real: np.ndarray, simulated: np.ndarray, *, rng: RNGLike = 0) -> float:
    """Return the first Wasserstein distance, divided by the standard deviation of the `real` values.

    Parameters
    ----------
    real, simulated
        Values without NaN, shapes ``(n_real,)`` and ``(n_simulated,)``.
    rng
        Not used: all values take part.

    Returns
    -------
    At least 0; NaN where the real values do not vary.

    Examples
    --------
    >>> wasserstein(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    1.0
    """
    del rng
    scale = float(np.std(real))
    return float(wasserstein_distance(real, simulated)) / scale if scale > 0 else np.nan


def energy(real: np.ndarray, simulated: np.ndarray, *, rng: RNGLike = 0) -> float:
    """Return the energy distance (Székely & Rizzo 2013), every column divided by the deviation of the `real` one.

    Parameters
    ----------
    real, simulated
        Values without NaN, shape ``(n,)`` or ``(n, 2)``. Of more than 2,000 rows of two columns, 2,000 are drawn.
    rng
        Draws them.

    Returns
    -------
    ``sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|)``, at least 0; NaN where a column of the real values does not vary.

    Examples
    --------
    >>> round(energy(np.array([0.0, 2.0]), np.array([1.0, 3.0])), 6)
    1.0
    """
    scale = np.std(real, axis=0)
    if not np.all(scale > 0):
        return np.nan
    if np.ndim(real) == 1:
        return float(energy_distance(real / scale, simulated / scale))
    a, b = (values / scale for values in _bounded(real, simulated, rng))
    between, within_a, within_b = (cdist(x, y).mean() for x, y in ((a, b), (a, a), (b, b)))
    return float(np.sqrt(max(2 * between - within_a - within_b, 0.0)))


def ks_2d(real: np.ndarray, simulated: np.ndarray, *, rng: RNGLike = 0) -> float:
    """Return the two-dimensional Kolmogorov-Smirnov statistic of Fasano & Franceschini (1987), in [0, 1].

    Parameters
    ----------
    real, simulated
        Values without NaN, shape ``(n, 2)``. Of more than 2,000 rows, 2,000 are drawn.
    rng
        Draws them.

    Notes
    -----
    Around every point of one sample, the shares of the two samples in the four quadrants are compared; the largest
    difference is taken, and averaged over which sample the points are from. A point on a border belongs to the lower or
    left side, so that the quadrants partition the plane.

    Examples
    --------
    >>> x = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> ks_2d(x, x), ks_2d(x, x + 9)
    (0.0, 0.75)
    """
    a, b = (np.ascontiguousarray(values, dtype=np.float64) for values in _bounded(real, simulated, rng))
    return float((_largest(a, a, b) + _largest(b, a, b)) / 2)


def _bounded(real: np.ndarray, simulated: np.ndarray, rng: RNGLike) -> tuple[np.ndarray, np.ndarray]:
    # one stream for both: equal tables keep equal rows
    root = root_entropy(rng)
    a, b = (values[child(root, "points").permutation(len(values))[:_MOST]] for values in (real, simulated))
    return a, b


@numba.njit(cache=True, nogil=True)
def _largest(origins: np.ndarray, a: np.ndarray, b: np.ndarray) -> Any:
    largest = 0.0
    shares = np.empty((2, 2, 2))
    for i in range(origins.shape[0]):
        shares[:] = 0.0
        for j in range(a.shape[0]):
            shares[0, int(a[j, 0] > origins[i, 0]), int(a[j, 1] > origins[i, 1])] += 1.0 / a.shape[0]
        for j in range(b.shape[0]):
            shares[1, int(b[j, 0] > origins[i, 0]), int(b[j, 1] > origins[i, 1])] += 1.0 / b.shape[0]
        largest = max(largest, np.abs(shares[0] - shares[1]).max())
    return largest
