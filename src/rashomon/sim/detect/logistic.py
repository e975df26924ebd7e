"""Logistic regression of counts with slopes of known sign, finite also where the points are perfectly separated."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit

__all__ = ["fit_logistic"]

_FARTHEST = 30.0
"""Log odds beyond which a rate is 0 or 1 in every respect."""

_LONGEST = 3.0
_CLOSE = 1e-8
_N_STEPS, _N_HALVINGS = 100, 12


def fit_logistic(design: np.ndarray, n_hits: np.ndarray, n: np.ndarray, *, rising: np.ndarray) -> np.ndarray:
    """Return the coefficients that maximise the likelihood of binomial counts times Jeffreys' prior, for many tables.

    The prior removes the leading bias and keeps slopes finite where all points are 0 or 1, which is the rule at the
    edges of a grid.

    Parameters
    ----------
    design
        Predictors, the first of them 1, shape ``(n_points, n_coefficients)``.
    n_hits
        Successes, shape ``(n_tables, n_points)``.
    n
        Trials, shape ``(n_points,)``.
    rising
        Whether a coefficient must not be negative, shape ``(n_coefficients,)``.

    Returns
    -------
    Coefficients, shape ``(n_tables, n_coefficients)``.

    Notes
    -----
    Firth (1993), Biometrika 80:27. Fisher scoring, projected on the allowed slopes (Bertsekas 1982) and halved until it
    climbs; all tables at once, as a bootstrap needs.

    Examples
    --------
    >>> design = np.column_stack([np.ones(3), [-1.0, 0.0, 1.0]])
    >>> hits, n = np.array([[3, 15, 27], [27, 15, 3]]), np.full(3, 30)
    >>> fit_logistic(design, hits, n, rising=np.array([False, True]))[:, 1].round(2).tolist()
    [2.1, 0.0]
    """
    hits = np.atleast_2d(np.asarray(n_hits, dtype=float))
    beta = np.zeros((hits.shape[0], design.shape[1]))
    beta[:, 0] = np.log((hits.sum(axis=1) + 0.5) / (n.sum() - hits.sum(axis=1) + 0.5))
    height, score, information = _climb(beta, design, hits, n)
    moving = np.arange(hits.shape[0])
    for _ in range(_N_STEPS):
        step = _step(beta[moving], score[moving], information[moving], rising)
        size = np.ones(moving.size)
        for _ in range(_N_HALVINGS):
            proposed = _project(beta[moving] + size[:, None] * step, rising)
            found = _climb(proposed, design, hits[moving], n)
            lower = found[0] < height[moving] - 1e-10
            if not lower.any():
                break
            size[lower] /= 2
        proposed[lower] = beta[moving][lower]
        change = np.abs(proposed - beta[moving]).max(axis=1)
        beta[moving] = proposed
        better = moving[~lower]
        height[better], score[better], information[better] = (each[~lower] for each in found)
        moving = moving[change > _CLOSE]
        if not moving.size:
            break
    return beta


def _climb(
    beta: np.ndarray, design: np.ndarray, hits: np.ndarray, n: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the penalised log likelihood of each table, its gradient, and the information."""
    eta = np.clip(beta @ design.T, -_FARTHEST, _FARTHEST)
    rate = expit(eta)
    weight = n * rate * (1.0 - rate)
    information = np.einsum("pi,bp,pj->bij", design, weight, design, optimize=True)
    # far out all weights vanish; there the penalty is infinite, and the step is halved
    sign, log_det = np.linalg.slogdet(information)
    usable = (sign > 0) & np.isfinite(log_det)
    information[~usable] = np.eye(design.shape[1])
    inverse = np.linalg.inv(information)
    leverage = weight * np.einsum("pi,bij,pj->bp", design, inverse, design, optimize=True)
    height = (hits * log_expit(eta) + (n - hits) * log_expit(-eta)).sum(axis=1) + 0.5 * log_det
    score = (hits - n * rate + leverage * (0.5 - rate)) @ design
    return np.where(usable, height, -np.inf), score, information


def _step(beta: np.ndarray, score: np.ndarray, information: np.ndarray, rising: np.ndarray) -> np.ndarray:
    """Return the scoring step of the coefficients that are free: not at 0 and pushed below it."""
    held = rising & (beta <= 0.0) & (score < 0.0)
    both = held[:, :, None] | held[:, None, :]
    free = np.where(both, np.eye(beta.shape[1]), information)
    step = np.linalg.solve(free, np.where(held, 0.0, score)[:, :, None])[:, :, 0]
    return np.asarray(step * np.minimum(1.0, _LONGEST / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300)))


def _project(beta: np.ndarray, rising: np.ndarray) -> np.ndarray:
    return np.where(rising, np.maximum(beta, 0.0), beta)
