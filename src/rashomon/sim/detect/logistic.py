"""Logistic regression of counts with slopes of known sign, finite also where the points are perfectly separated."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit

__all__ = ["fit_logistic"]

_FARTHEST = 30.0
"""Log odds beyond which a rate is 0 or 1 in every respect."""


def fit_logistic(
    design: np.ndarray, n_hits: np.ndarray, n: np.ndarray, *, rising: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """Return the coefficients that maximise the likelihood of binomial counts times Jeffreys' prior (Firth 1993).

    The prior removes the leading bias and keeps slopes finite where all points are 0 or 1, which is the rule at the
    edges of a grid.

    Parameters
    ----------
    design
        Predictors, the first of them 1, shape ``(n_points, n_coefficients)``.
    n_hits, n
        Successes and trials, shape ``(n_points,)``.
    rising
        Whether a coefficient must not be negative, shape ``(n_coefficients,)``.
    start
        Where to begin; zero slopes when None.

    Examples
    --------
    >>> design = np.column_stack([np.ones(3), [-1.0, 0.0, 1.0]])
    >>> n = np.full(3, 30)
    >>> fit_logistic(design, np.array([3, 15, 27]), n, rising=np.array([False, True])).round(2).tolist()
    [0.0, 2.1]
    """

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        raw = design @ beta
        eta = np.clip(raw, -_FARTHEST, _FARTHEST)
        rate = expit(eta)
        weight = n * rate * (1.0 - rate)
        information = design.T @ (weight[:, None] * design)
        sign, log_det = np.linalg.slogdet(information)
        if sign <= 0 or not np.isfinite(log_det):
            return np.inf, np.zeros_like(beta)
        leverage = weight * np.einsum("ij,ji->i", design, np.linalg.solve(information, design.T))
        value = n_hits @ log_expit(eta) + (n - n_hits) @ log_expit(-eta) + 0.5 * log_det
        score = design.T @ np.where(raw == eta, n_hits - n * rate + leverage * (0.5 - rate), 0.0)
        return -float(value), -score

    if start is None:
        start = np.zeros(design.shape[1])
        start[0] = np.log((n_hits.sum() + 0.5) / (n.sum() - n_hits.sum() + 0.5))
    bounds = [(0.0, None) if sign else (None, None) for sign in rising]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x)
