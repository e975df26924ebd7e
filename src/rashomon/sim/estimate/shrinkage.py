"""Shrinkage of many noisy estimates by a prior learnt from them: a spike at zero and normals of many widths.

The adaptive prior (Stephens, Biostatistics 2017) shrinks what is within the noise nearly to zero and leaves large
effects as they are, which one normal prior cannot do at the same time.
"""

from __future__ import annotations

import numpy as np

__all__ = ["WIDTHS", "shrink", "shrink_jointly"]

WIDTHS = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4])
"""Standard deviations of the components of the prior, in natural log units; 6.4 is a fold of 600."""

_ROUNDS = 300
_SETTLED = 1e-4
_MOST_TEACHERS = 4_000
"""Rows the prior is learnt from, evenly spaced: its shares then have standard errors below 0.01."""


def shrink(value: np.ndarray, variance: np.ndarray, *, teach: np.ndarray) -> np.ndarray:
    """Return posterior means of effects that have one prior.

    Parameters
    ----------
    value
        Estimates, shape ``(n,)``.
    variance
        Their sampling variances, above 0, shape ``(n,)``.
    teach
        True for estimates from which the prior is learnt: those whose errors are nearly normal, shape ``(n,)``.

    Returns
    -------
    ``float64``, shape ``(n,)``; each between 0 and its estimate.

    Examples
    --------
    >>> value = np.concatenate([np.linspace(-0.3, 0.3, 99), [3.0]])
    >>> shrink(value, np.full(100, 0.04), teach=np.ones(100, bool))[[70, 99]].round(1).tolist()
    [0.0, 3.0]
    """
    total = variance[:, None] + WIDTHS**2
    density = -0.5 * (np.log(total) + value[:, None] ** 2 / total)
    weight = _posterior(density, teach)
    return np.asarray(value * (weight * (WIDTHS**2 / total)).sum(axis=1))


def shrink_jointly(value: np.ndarray, variance: np.ndarray, *, teach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return deviations of levels from their mean, and the mean: best linear predictors averaged over scales.

    The levels of one gene share the scale of their deviations; scales of genes come from one prior. Given a scale, the
    predictors of deviations sum to zero over the levels, hence so do the results.

    Parameters
    ----------
    value
        Estimates of the levels (batches, donors) for each gene, shape ``(n_levels, n_genes)``.
    variance
        Their sampling variances, above 0, same shape.
    teach
        True for genes from which the prior is learnt, shape ``(n_genes,)``.

    Returns
    -------
    Deviations, shape ``(n_levels, n_genes)``, and means, shape ``(n_genes,)``.

    Examples
    --------
    >>> deviation, mean = shrink_jointly(np.array([[0.0], [4.0]]), np.full((2, 1), 0.01), teach=np.ones(1, bool))
    >>> deviation.round(1).tolist(), mean.round(1).tolist()
    ([[-2.0], [2.0]], [2.0])
    """
    if value.shape[0] == 1:
        return np.zeros_like(value), value[0].copy()
    scales = [_predict(value, variance, width) for width in WIDTHS]
    weight = _posterior(np.column_stack([density for density, _, _ in scales]), teach)
    deviation = sum((w * each for w, (_, each, _) in zip(weight.T, scales, strict=True)), np.zeros_like(value))
    mean = sum((w * each for w, (_, _, each) in zip(weight.T, scales, strict=True)), np.zeros(value.shape[1]))
    return deviation, mean


def _predict(value: np.ndarray, variance: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the restricted log likelihood of one scale, the predictors of the deviations, and the mean."""
    precision = 1.0 / (variance + width**2)
    total = precision.sum(axis=0)
    mean = (precision * value).sum(axis=0) / total
    rest = value - mean
    density = 0.5 * (np.log(precision).sum(axis=0) - np.log(total) - (precision * rest**2).sum(axis=0))
    return density, width**2 * precision * rest, mean


def _posterior(density: np.ndarray, teach: np.ndarray) -> np.ndarray:
    """Return weights of the components for each row, their shares being learnt from the rows `teach` by EM."""
    likelihood = np.exp(density - density.max(axis=1, keepdims=True))
    share = np.full(density.shape[1], 1.0 / density.shape[1])
    rows = likelihood[teach] if teach.any() else likelihood
    rows = rows[:: -(-rows.shape[0] // _MOST_TEACHERS)]
    for _ in range(_ROUNDS):
        weight = rows * share
        weight /= weight.sum(axis=1, keepdims=True)
        before, share = share, weight.mean(axis=0)
        if np.abs(share - before).max() < _SETTLED:
            break
    weight = likelihood * share
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
