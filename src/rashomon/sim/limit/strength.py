"""Signal strength: how much variance groups add to one direction of expression space, in units of the noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked, checked_count, checked_profile

__all__ = ["centre_strengths", "group_distance", "group_strength"]


def group_strength(distance: ArrayLike, *, n_groups: int = 2, noise: ArrayLike = 1.0) -> np.ndarray:
    """Return the signal strength of balanced groups whose centres are equally far apart: ``D^2 / (2 k s^2)``.

    The population covariance of such cells is ``s^2 (I + l V V')``, with ``n_groups - 1`` directions of equal strength.

    Parameters
    ----------
    distance
        Euclidean distance D between any two centres over all genes, at least 0; any shape.
    n_groups
        Number of groups k, of equal size, at least 2.
    noise
        Standard deviation s of a gene within a group, the same for all genes; broadcasts with `distance`.

    Returns
    -------
    Strengths l, at least 0, in units of the variance of a gene.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Valid for whitened data: genes independent within a group and of equal variance. Raw counts are neither; normalise
    for depth and stabilise the variance first, and count only the genes that are used.

    Examples
    --------
    >>> group_strength([2.0, 4.0]).tolist()
    [1.0, 4.0]
    """
    far = checked(distance, "distance", where="group_strength")
    spread = checked(noise, "noise", where="group_strength", open_at="low")
    k = checked_count(n_groups, "n_groups", where="group_strength", least=2)
    return np.asarray(far**2 / (2 * k * spread**2))


def group_distance(strength: ArrayLike, *, n_groups: int = 2, noise: ArrayLike = 1.0) -> np.ndarray:
    """Return the distance between centres that gives a strength: ``s sqrt(2 k l)``, the inverse of `group_strength`.

    Parameters
    ----------
    strength
        Signal strength l, at least 0; any shape.
    n_groups, noise
        See `group_strength`.

    Returns
    -------
    Distances D, at least 0, in the units of `noise`.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> group_distance(4.0).tolist()
    4.0
    """
    signal = checked(strength, "strength", where="group_distance")
    spread = checked(noise, "noise", where="group_distance", open_at="low")
    k = checked_count(n_groups, "n_groups", where="group_distance", least=2)
    return np.asarray(spread * np.sqrt(2 * k * signal))


def centre_strengths(centres: ArrayLike, weights: ArrayLike | None = None, *, noise: float = 1.0) -> np.ndarray:
    """Return the signal strengths of groups with any centres and sizes, one per direction, largest first.

    They are the eigenvalues of ``sum_k w_k (mu_k - m)(mu_k - m)' / s^2`` with ``m = sum_k w_k mu_k``. PCA sees each
    direction whose strength is above `rashomon.sim.limit.detection_threshold`, and no other.

    Parameters
    ----------
    centres
        Centre of each group, shape ``(n_groups, n_genes)``.
    weights
        Share of the cells in each group, or any positive multiple of it, shape ``(n_groups,)``; None: equal shares.
    noise
        Standard deviation s of a gene within a group, the same for all genes.

    Returns
    -------
    ``float64``, shape ``(n_groups - 1,)``, descending, at least 0.

    Raises
    ------
    UsageError
        When there are fewer than two centres, or the weights do not fit them.

    Notes
    -----
    Valid for whitened data, see `group_strength`. Costs ``n_groups**2 n_genes``.

    Examples
    --------
    >>> centre_strengths([[2.0, 0.0], [0.0, 0.0]], [0.1, 0.9]).round(3)
    array([0.36])
    """
    mu = checked(centres, "centres", where="centre_strengths", low=-np.inf, open_at="low")
    spread = checked(noise, "noise", where="centre_strengths", open_at="low")
    if mu.ndim != 2 or mu.shape[0] < 2:
        raise UsageError(
            f"centres have shape {mu.shape}",
            where="centre_strengths",
            expected="(n_groups, n_genes), two groups or more",
        )
    share = checked_profile(np.ones(mu.shape[0]) if weights is None else weights, "weights", where="centre_strengths")
    if share.size != mu.shape[0]:
        raise UsageError(
            f"{share.size} weights for {mu.shape[0]} centres",
            where="centre_strengths",
            expected="one weight per centre",
        )
    scaled = np.sqrt(share)[:, None] * (mu - share @ mu)
    # the small Gram matrix has the same eigenvalues as the one of genes, and one that is zero by centring
    values = np.linalg.eigvalsh(scaled @ scaled.T)[::-1][:-1]
    return np.asarray(np.maximum(values, 0.0) / spread**2)
