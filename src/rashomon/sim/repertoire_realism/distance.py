"""Distances between what two repertoires have of one property."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import rel_entr
from scipy.stats import wasserstein_distance

from rashomon.core import Registry, resolve

__all__ = ["DISTANCES", "Distance", "difference", "jensen_shannon", "wasserstein"]

_ROOM = "rashomon.sim.repertoire_realism"


@dataclass(frozen=True)
class Distance:
    """A distance between two repertoires.

    Parameters
    ----------
    name
        The name in tables.
    summary
        One line for lists.
    function
        Dotted path ``module:function``, called with what both repertoires have.
    chance
        Value where nothing tells them apart; ratios are of what exceeds it.

    Examples
    --------
    >>> DISTANCES["difference"].between(np.array([0.5, 0.25]), np.array([0.25, 0.25]))
    0.125
    """

    name: str
    summary: str
    function: str
    chance: float = 0.0

    def between(self, a: np.ndarray, b: np.ndarray) -> float:
        """Return the distance between what `a` and `b` are; symmetric, but for how folds are dealt."""
        return float(resolve(self.function)(a, b))


DISTANCES: Registry[Distance] = Registry(
    "distance",
    [
        Distance(
            "jensen_shannon",
            "Square root of the Jensen-Shannon divergence of two compositions in bits, in [0, 1].",
            f"{_ROOM}.distance:jensen_shannon",
        ),
        Distance(
            "wasserstein",
            "Mean shift that turns one distribution into the other, in the unit of the values.",
            f"{_ROOM}.distance:wasserstein",
        ),
        Distance(
            "ks",
            "Largest difference between the distribution functions, in [0, 1].",
            "rashomon.sim.realism.distance:ks",
        ),
        Distance(
            "difference",
            "Mean absolute difference of numbers or curves, in their unit.",
            f"{_ROOM}.distance:difference",
        ),
        Distance(
            "auc",
            "Area under the ROC curve of a cross-fitted classifier; 0.5 where nothing tells receptors apart.",
            f"{_ROOM}.discrimination:classifier_auc",
            chance=0.5,
        ),
    ],
)
"""The distances of properties."""


def jensen_shannon(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Jensen-Shannon distance of two compositions, in [0, 1].

    Parameters
    ----------
    a, b
        Counts, shape ``(n_classes,)``; or ``(n_positions, n_classes)``: then the mean over positions, weighted by how
        many counts both have there.

    Returns
    -------
    NaN where one has no counts. Finite samples of equal law are not at 0; samples of equal size are comparable.

    Notes
    -----
    Endres & Schindelin (2003), IEEE Transactions on Information Theory 49:1858.

    Examples
    --------
    >>> jensen_shannon(np.array([3, 0]), np.array([0, 5])), jensen_shannon(np.array([1, 2]), np.array([2, 4]))
    (1.0, 0.0)
    """
    first, second = np.atleast_2d(a).astype(np.float64), np.atleast_2d(b).astype(np.float64)
    both = (first.sum(axis=1) > 0) & (second.sum(axis=1) > 0)
    if not both.any():
        return np.nan
    weights = (first.sum(axis=1) + second.sum(axis=1))[both]
    p, q = (counts[both] / counts[both].sum(axis=1, keepdims=True) for counts in (first, second))
    middle = (p + q) / 2
    bits = (rel_entr(p, middle) + rel_entr(q, middle)).sum(axis=1) / (2 * np.log(2))
    # rounding may leave a divergence just below 0
    return float(np.average(np.sqrt(np.maximum(bits, 0.0)), weights=weights))


def wasserstein(a: np.ndarray, b: np.ndarray) -> float:
    """Return the first Wasserstein distance of two samples, in their unit.

    Parameters
    ----------
    a, b
        Values, shapes ``(n_a,)`` and ``(n_b,)``.

    Examples
    --------
    >>> wasserstein(np.array([12, 14]), np.array([13, 16]))
    1.5
    """
    return float(wasserstein_distance(a, b))


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean absolute difference of two curves where both are defined; NaN where they never are.

    Parameters
    ----------
    a, b
        Numbers of equal shape, NaN where undefined.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0, np.nan]), np.array([1.0, 4.0, 5.0]))
    1.0
    """
    gaps = np.abs(a - b)
    both = np.isfinite(gaps)
    return float(gaps[both].mean()) if both.any() else np.nan
