"""What PCA can see: the spiked covariance model, in the limit of many cells and genes.

Cells are rows of noise of variance ``s^2`` in p genes, with one direction v of extra variance: covariance
``s^2 (I + l v v')``. With n cells and p genes both large at a fixed aspect ratio ``p / n``, the leading sample
eigenvector is either at a fixed angle to v or carries nothing of it, and a sharp threshold lies between the two (Baik,
Ben Arous and Peche 2005).

Valid for dense, unselected PCA of whitened data: genes independent within groups and of equal variance, finite fourth
moments, a signal spread over many genes. Where a few marker genes carry the signal, selecting genes finds it below this
line; where counts are not normalised for depth, or genes differ in variance, the noise itself has spikes. At finite
size the threshold is rounded: with 1,000 cells and 2,000 genes the mean error at 0.7 times the threshold is 0.46, not
1/2; at 1.1 times the threshold the mean is right to 0.01, but data sets differ with a standard deviation of 0.05.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr

from rashomon.sim.limit.domain import checked, checked_count

__all__ = [
    "cell_overlap",
    "detection_threshold",
    "gene_overlap",
    "group_error",
    "top_eigenvalue",
    "two_group_error",
]

_NODES = np.linspace(-9.0, 9.0, 361)
_DENSITY = np.exp(-(_NODES**2) / 2) * (_NODES[1] - _NODES[0]) / np.sqrt(2 * np.pi)


def detection_threshold(aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the signal strength above which PCA sees a direction: ``sqrt(p / n)`` (Baik, Ben Arous and Peche 2005).

    Parameters
    ----------
    aspect_ratio
        Number of genes over number of cells, ``p / n``, at least 0; any shape. Not the genes detected in a cell.

    Returns
    -------
    Strengths in units of the variance of a gene, see `rashomon.sim.limit.group_strength`.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Not a limit for methods that use sparsity or labels.

    Examples
    --------
    >>> detection_threshold([0.25, 4.0]).tolist()
    [0.5, 2.0]
    """
    return np.asarray(np.sqrt(checked(aspect_ratio, "aspect_ratio", where="detection_threshold")))


def top_eigenvalue(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the largest eigenvalue of the sample covariance over ``s^2`` (Baik and Silverstein 2006).

    ``(1 + l)(1 + g / l)`` for a strength l above the threshold ``sqrt(g)``, with g the aspect ratio, and
    ``(1 + sqrt(g))^2``, the edge of the noise, below.

    Parameters
    ----------
    strength
        Signal strength l of one direction, at least 0; any shape.
    aspect_ratio
        Genes over cells, at least 0; broadcasts with `strength`.

    Returns
    -------
    Eigenvalues in units of the variance of a gene, at least 1.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> top_eigenvalue([1.0, 3.0], 4.0).round(3).tolist()
    [9.0, 9.333]
    """
    signal, ratio = _pair(strength, aspect_ratio, where="top_eigenvalue")
    # below the threshold the largest eigenvalue is that of a spike at the threshold
    seen = np.maximum(signal, np.sqrt(ratio))
    return np.asarray((1 + seen) * (1 + np.divide(ratio, seen, out=np.zeros_like(seen), where=seen > 0)))


def gene_overlap(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the squared cosine between the leading gene loadings and the true direction (Paul 2007).

    ``(l^2 - g) / (l (l + g))`` above the threshold, 0 below.

    Parameters
    ----------
    strength, aspect_ratio
        See `top_eigenvalue`.

    Returns
    -------
    Numbers in [0, 1].

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> gene_overlap([1.0, 2.0], 2.0).tolist()
    [0.0, 0.25]
    """
    signal, ratio = _pair(strength, aspect_ratio, where="gene_overlap")
    return _above(signal**2 - ratio, signal * (signal + ratio))


def cell_overlap(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the squared cosine between the leading scores of cells and the true ones.

    ``(l^2 - g) / (l (l + 1))`` above the threshold, 0 below (Benaych-Georges and Nadakuditi 2012). True scores are +1
    and -1 for two balanced groups.

    Parameters
    ----------
    strength, aspect_ratio
        See `top_eigenvalue`.

    Returns
    -------
    Numbers in [0, 1].

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> cell_overlap([1.0, 2.0], 2.0).round(3).tolist()
    [0.0, 0.333]
    """
    signal, ratio = _pair(strength, aspect_ratio, where="cell_overlap")
    return _above(signal**2 - ratio, signal * (signal + 1))


def two_group_error(strength: ArrayLike, aspect_ratio: ArrayLike) -> np.ndarray:
    """Return the share of cells that the sign of the first component puts into the wrong one of two balanced groups.

    ``Phi(-sqrt((l^2 - g) / (l + g)))`` above the threshold, 1/2 below: given the overlap c^2 of `cell_overlap`, a score
    is the true one times c plus normal noise of variance 1 - c^2.

    Parameters
    ----------
    strength, aspect_ratio
        See `top_eigenvalue`; the strength of two groups at distance D is ``D^2 / (4 s^2)``.

    Returns
    -------
    Numbers in [0, 1/2]. An aspect ratio of 0 gives the error with known centres, ``Phi(-D / (2 s))``.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    The error of one method. Other methods reach `rashomon.sim.limit.optimal_two_group_error`, and none less, as long as
    the signal is not sparse.

    Examples
    --------
    >>> two_group_error([1.0, 2.0, 5.0], 2.0).round(3).tolist()
    [0.5, 0.24, 0.035]
    """
    signal, ratio = _pair(strength, aspect_ratio, where="two_group_error")
    return np.asarray(ndtr(-np.sqrt(_above(signal**2 - ratio, signal + ratio))))


def group_error(strength: ArrayLike, aspect_ratio: ArrayLike, *, n_groups: int = 2) -> np.ndarray:
    """Return the share of cells nearest to a wrong centre among the leading components, k balanced equidistant groups.

    The groups span k - 1 directions of equal strength. Among the components their centres are a simplex of side
    ``d = sqrt(2 k (l^2 - g) / (l + g))`` in units of the remaining noise, and the error is
    ``1 - E[Phi(Z + d / sqrt(2))^(k - 1)]``, as for k orthogonal signals.

    Parameters
    ----------
    strength, aspect_ratio
        See `top_eigenvalue`; strength is that of each direction, ``D^2 / (2 k s^2)``.
    n_groups
        Number of groups k, at least 2; for 2 the result is `two_group_error`.

    Returns
    -------
    Numbers in [0, 1 - 1/k]; by quadrature, with an absolute error below 1e-12.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    Assumes that the centres among the components are known. K-means, which must find them, errs more often where groups
    overlap.

    Examples
    --------
    >>> group_error([1.0, 2.0, 5.0], 2.0, n_groups=4).round(3).tolist()
    [0.75, 0.322, 0.014]
    """
    signal, ratio = _pair(strength, aspect_ratio, where="group_error")
    k = checked_count(n_groups, "n_groups", where="group_error", least=2)
    shift = np.sqrt(k * _above(signal**2 - ratio, signal + ratio))
    # 1 - Phi^(k - 1) without loss of digits where Phi is nearly 1
    wrong = -np.expm1((k - 1) * log_ndtr(shift[..., None] + _NODES))
    return np.asarray(wrong @ _DENSITY)


def _pair(strength: ArrayLike, aspect_ratio: ArrayLike, *, where: str) -> tuple[np.ndarray, np.ndarray]:
    signal, ratio = np.broadcast_arrays(
        checked(strength, "strength", where=where), checked(aspect_ratio, "aspect_ratio", where=where)
    )
    return signal, ratio


def _above(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Return the quotient where the numerator is positive, which is above the threshold, and 0 elsewhere."""
    return np.asarray(np.divide(numerator, denominator, out=np.zeros_like(numerator), where=numerator > 0))
