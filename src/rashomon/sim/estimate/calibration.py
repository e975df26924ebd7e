"""Loadings scaled until data drawn from the fit have the eigenvalues of the data.

Estimated loadings are wrong in both ways: scores are noisy, which shrinks them, and are estimated from the same counts,
which inflates them. How much depends on everything; drawing tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import child
from rashomon.sim.count import Mixture, draw_counts
from rashomon.sim.estimate.factor import leading
from rashomon.sim.estimate.residual import Panel

__all__ = ["Calibrated", "bound", "calibrate", "deflate", "drawn_values"]

_ROUNDS = 8
_DRAWS = 3
_CLOSE = 0.04
_LARGEST_STEP = 2.0
_DAMPING = 0.8


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Loadings after calibration.

    Parameters
    ----------
    loading
        Shape ``(n_factors, n_genes)``.
    drawn
        Leading eigenvalues of residuals of drawn counts at these loadings, shape ``(n_factors,)``.
    """

    loading: np.ndarray
    drawn: np.ndarray


def deflate(dispersion: np.ndarray, loading: np.ndarray) -> np.ndarray:
    """Return what the factors leave of the dispersion: ``(1 + pooled) = (1 + left) * exp(|loading|**2)``.

    Parameters
    ----------
    dispersion
        Pooled over factors, shape ``(n_genes,)``.
    loading
        Shape ``(n_factors, n_genes)``.

    Returns
    -------
    Shape ``(n_genes,)``, at least 0.

    Examples
    --------
    >>> deflate(np.array([1.0, 0.1]), np.array([[0.5, 0.9]])).round(3)
    array([0.558, 0.   ])
    """
    left = np.expm1(np.log1p(dispersion) - (loading**2).sum(axis=0))
    return np.asarray(np.maximum(left, 0.0))


def bound(loading: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Return loadings whose factors explain at most the dispersion of their gene: ``exp(|loading|**2) <= 1 + pooled``.

    Parameters
    ----------
    loading
        Shape ``(n_factors, n_genes)``.
    dispersion
        Pooled over factors, shape ``(n_genes,)``.

    Examples
    --------
    >>> bound(np.array([[0.5, 0.9]]), np.array([1.0, 0.1])).round(3)
    array([[0.5  , 0.309]])
    """
    length = np.sqrt((loading**2).sum(axis=0))
    most = np.sqrt(np.log1p(dispersion))
    return np.asarray(loading * np.minimum(1.0, most / np.maximum(length, 1e-12)))


def drawn_values(panel: Panel, loading: np.ndarray, dispersion: np.ndarray, *, n: int, root: int) -> np.ndarray:
    """Return leading eigenvalues of residuals of counts drawn for the panel.

    Parameters
    ----------
    panel
        Cells, genes and their means.
    loading
        Of the panel's genes, shape ``(n_factors, n_panel_genes)``.
    dispersion
        Pooled, of the panel's genes, shape ``(n_panel_genes,)``.
    n
        How many.
    root
        Of the random numbers: with the same one, eigenvalues vary smoothly with the loadings.

    Returns
    -------
    Descending, shape ``(n,)``.
    """
    n_cells = panel.cells.size
    score = child(root, "score").standard_normal((n_cells, loading.shape[0]), dtype=np.float32)
    load = loading.astype(np.float32)
    factor = np.exp(score @ load - np.float32(0.5) * (load**2).sum(axis=0))
    rows = np.arange(n_cells, dtype=np.int32)[:, None]
    mixture = Mixture(panel.mean * factor, rows, np.ones((n_cells, 1)))
    counts = draw_counts(mixture, deflate(dispersion, loading), cells=np.arange(n_cells), root=root)
    return leading(panel.residuals(counts.toarray()), n)[0]


def calibrate(
    panel: Panel, loading: np.ndarray, dispersion: np.ndarray, *, target: np.ndarray, edge: float, root: int
) -> Calibrated:
    """Return loadings for which drawn data have the eigenvalues `target`.

    Parameters
    ----------
    panel
        Cells and genes on which eigenvalues are compared.
    loading
        Of all genes, before calibration, shape ``(n_factors, n_genes)``.
    dispersion
        Of all genes, pooled, shape ``(n_genes,)``.
    target
        Eigenvalues of the residuals of the data, descending, shape ``(n_factors,)``.
    edge
        Largest eigenvalue of noise: what exceeds it grows about as the square of a loading.
    root
        Of the random numbers.

    Returns
    -------
    The best of at most 8 rounds, by the sum of absolute differences between eigenvalues; it ends early when this is 4 %
    of the sum of `target`. What a factor adds beyond its own eigenvalue (the square of a strong log-normal factor is a
    direction too) keeps some sets of eigenvalues from being reached.
    """
    scale = np.ones(target.size)
    best, least = Calibrated(bound(loading, dispersion), np.full(target.size, np.nan)), np.inf
    for _ in range(_ROUNDS):
        trial = bound(scale[:, None] * loading, dispersion)
        part = trial[:, panel.genes], dispersion[panel.genes]
        drawn = np.mean([drawn_values(panel, *part, n=target.size, root=root + k) for k in range(_DRAWS)], axis=0)
        off = float(np.abs(drawn - target).sum() / target.sum())
        if off < least:
            best, least = Calibrated(trial, drawn), off
        if off < _CLOSE:
            break
        above = np.maximum(drawn - edge, 0.05 * edge)
        step = np.sqrt(np.maximum(target - edge, 0.01 * edge) / above)
        scale *= np.clip(step, 1.0 / _LARGEST_STEP, _LARGEST_STEP) ** _DAMPING
    return best
