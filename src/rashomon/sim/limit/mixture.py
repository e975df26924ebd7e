"""How far apart groups must be: better than chance, and without a single error, for Gaussian mixtures.

Groups are spherical normal clouds of standard deviation s per gene, with unknown centres. Valid for whitened data with
a signal that is not sparse; where the covariance differs between directions or groups, the distance counts in other
units (Chen and Zhang 2021).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rashomon.sim.limit.domain import checked
from rashomon.sim.limit.spike import detection_threshold
from rashomon.sim.limit.strength import group_distance

__all__ = ["exact_recovery_distance", "max_groups_without_gap", "minimax_exponent", "weak_recovery_distance"]


def weak_recovery_distance(aspect_ratio: ArrayLike, *, n_groups: int = 2, noise: ArrayLike = 1.0) -> np.ndarray:
    """Return the distance of centres above which spectral methods do better than chance: ``s sqrt(2 k sqrt(p / n))``.

    The same line as `rashomon.sim.limit.detection_threshold`, in distances (Lesieur et al. 2016).

    Parameters
    ----------
    aspect_ratio
        Genes over cells, at least 0; any shape.
    n_groups
        Number of balanced, equidistant groups k, at least 2.
    noise
        Standard deviation s of a gene within a group; broadcasts.

    Returns
    -------
    Distances, in the units of `noise`.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    For up to `max_groups_without_gap` groups no method does better than chance below this line; with more groups, a
    search of exponential cost can.

    Examples
    --------
    >>> weak_recovery_distance([1.0, 16.0]).tolist()
    [2.0, 4.0]
    """
    return group_distance(detection_threshold(aspect_ratio), n_groups=n_groups, noise=noise)


def max_groups_without_gap(aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the number of groups up to which fast methods reach the threshold of all methods: ``4 + 2 sqrt(n / p)``.

    With more balanced groups, labels can in principle be found at distances where no fast method is known to find any
    (Lesieur et al. 2016, not proved).

    Parameters
    ----------
    aspect_ratio
        Genes over cells, above 0; any shape.

    Returns
    -------
    Numbers above 4, not rounded.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> max_groups_without_gap([0.25, 4.0]).tolist()
    [8.0, 5.0]
    """
    ratio = checked(aspect_ratio, "aspect_ratio", where="max_groups_without_gap", open_at="low")
    return np.asarray(4 + 2 / np.sqrt(ratio))


def exact_recovery_distance(n_cells: ArrayLike, n_genes: ArrayLike, *, noise: ArrayLike = 1.0) -> np.ndarray:
    """Return the distance of two centres above which all cells can be labelled without an error (Ndaoud 2022).

    ``D = 2 s sqrt((1 + sqrt(1 + 2 p / (n log n))) log n)``: above it, by any factor, the chance of no error tends to 1
    as cells become many; below it, to 0, whatever the method.

    Parameters
    ----------
    n_cells
        Number of cells n in two balanced groups, at least 2; any shape.
    n_genes
        Number of genes p, at least 1; broadcasts.
    noise
        Standard deviation s of a gene within a group; broadcasts.

    Returns
    -------
    Distances between the centres (twice the distance of a centre from the middle), in the units of `noise`.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    The genes begin to matter where p is about ``n log n``. The limit is slow: it is reached in ``log n``.

    Examples
    --------
    >>> exact_recovery_distance(1000, [10, 2000, 100_000]).round(2).tolist()
    [7.44, 7.9, 13.37]
    """
    cells = checked(n_cells, "n_cells", where="exact_recovery_distance", low=2)
    genes = checked(n_genes, "n_genes", where="exact_recovery_distance", low=1)
    spread = checked(noise, "noise", where="exact_recovery_distance", open_at="low")
    log_n = np.log(cells)
    return np.asarray(2 * spread * np.sqrt((1 + np.sqrt(1 + 2 * genes / (cells * log_n))) * log_n))


def minimax_exponent(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the rate r at which the best share of errors falls, ``exp(-(1 + o(1)) r)``, for two balanced groups.

    ``r = l^2 / (2 (l + g))`` (Ndaoud 2022). With few genes, ``g = 0``, it is ``D^2 / (8 s^2)``, which spectral
    clustering attains for any fixed number of groups with D their smallest distance (Loeffler, Zhang and Zhou 2021).

    Parameters
    ----------
    strength
        Signal strength ``l = D^2 / (4 s^2)``, at least 0; any shape.
    aspect_ratio
        Genes over cells g, at least 0; broadcasts with `strength`.

    Returns
    -------
    Exponents, at least 0, in natural units.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Valid where r is large: it says how fast errors vanish, not how many there are. For numbers see
    `rashomon.sim.limit.optimal_two_group_error`.

    Examples
    --------
    >>> minimax_exponent(8.0, [0.0, 8.0]).tolist()
    [4.0, 2.0]
    """
    signal = checked(strength, "strength", where="minimax_exponent")
    ratio = checked(aspect_ratio, "aspect_ratio", where="minimax_exponent")
    total = signal + ratio
    return np.asarray(np.divide(signal**2, 2 * total, out=np.zeros(total.shape), where=total > 0))
