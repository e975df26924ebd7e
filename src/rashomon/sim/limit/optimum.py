"""The smallest error any method can have when two groups are hidden in many genes and their centres are unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from rashomon.sim.limit.domain import checked

__all__ = ["optimal_two_group_error"]

_NODES = np.linspace(-9.0, 9.0, 361)
_DENSITY = np.exp(-(_NODES**2) / 2) * (_NODES[1] - _NODES[0]) / np.sqrt(2 * np.pi)
_N_HALVINGS = 60


def optimal_two_group_error(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the least expected share of wrong cells, two balanced groups at unknown centres +mu and -mu.

    With q the squared overlap of the best estimate with the labels, the centre is known up to a share
    ``c = l q / (g + l q)`` of its squared length; q is the largest solution of ``q = E tanh(l c + sqrt(l c) Z)``, and
    the error is ``Phi(-sqrt(l c))`` (Lesieur et al. 2016; proved by Lelarge and Miolane 2019).

    Parameters
    ----------
    strength
        Signal strength ``l = D^2 / (4 s^2)``, at least 0; any shape.
    aspect_ratio
        Genes over cells g, at least 0; broadcasts with `strength`.

    Returns
    -------
    Numbers in [0, 1/2]: 1/2 up to the threshold ``l = sqrt(g)``, which is that of PCA.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    In the limit of many cells and genes, with normal noise of equal variance, and a direction mu of which nothing is
    known (independent normal entries). Where mu is sparse, or other data tell about it, methods that use this can do
    better; `rashomon.sim.limit.two_group_error` at an aspect ratio of 0 bounds those too.

    Examples
    --------
    >>> optimal_two_group_error([1.0, 2.0, 5.0], 2.0).round(3).tolist()
    [0.5, 0.231, 0.031]
    """
    signal, ratio = np.broadcast_arrays(
        checked(strength, "strength", where="optimal_two_group_error"),
        checked(aspect_ratio, "aspect_ratio", where="optimal_two_group_error"),
    )
    seen = signal**2 > ratio
    known = np.zeros(signal.shape)
    known[seen] = _known(signal[seen], ratio[seen])
    return np.asarray(ndtr(-np.sqrt(known)))


def _known(signal: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return ``l c`` at the positive solution, by bisection: the map is concave, so there is one."""
    low, high = np.zeros(signal.size), np.ones(signal.size)
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        rises = _overlap(_reach(signal, ratio, middle)) > middle
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return _reach(signal, ratio, (low + high) / 2)


def _reach(signal: np.ndarray, ratio: np.ndarray, overlap: np.ndarray) -> np.ndarray:
    return np.asarray(signal * signal * overlap / (ratio + signal * overlap))


def _overlap(known: np.ndarray) -> np.ndarray:
    """Return ``E tanh(x + sqrt(x) Z)``; the trapezoid rule converges exponentially here."""
    return np.asarray(np.tanh(known[:, None] + np.sqrt(known)[:, None] * _NODES) @ _DENSITY)
