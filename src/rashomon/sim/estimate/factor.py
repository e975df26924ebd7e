"""Factors within types: how many, their scores, and the loadings of all genes."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from rashomon.sim.estimate.design import Design
from rashomon.sim.estimate.profile import Profile, gene_blocks
from rashomon.sim.estimate.residual import Panel
from rashomon.sim.estimate.shrinkage import shrink

__all__ = ["MAX_FACTORS", "count_factors", "leading", "regress_loadings"]

MAX_FACTORS = 20
N_PERMUTATIONS = 19
"""Permuted copies: an eigenvalue of noise is taken for a factor with probability 1/20."""

_SMALL = 200
"""Cells or genes up to which singular values are computed exactly."""

_ENOUGH = 20.0
"""Information on a loading from which its estimate is nearly normal: such genes teach the prior."""


def leading(residual: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest eigenvalues of the covariance of genes, and the scores of cells.

    Parameters
    ----------
    residual
        Centred, shape ``(n_cells, n_genes)``.
    n
        How many, at most `MAX_FACTORS` from tables of more than 200 cells and genes; fewer where the table is small.

    Returns
    -------
    Eigenvalues, descending, shape ``(n,)``, and scores with mean square 1, shape ``(n_cells, n)``.

    Examples
    --------
    >>> residual = np.outer([1.0, -1.0, 1.0, -1.0], [2.0, 0.0, 1.0]) + 1e-9
    >>> values, scores = leading(residual, 1)
    >>> values.round(6), np.abs(scores[:, 0]).round(3)
    (array([5.]), array([1., 1., 1., 1.]))
    """
    n_cells = residual.shape[0]
    n = min(n, *residual.shape)
    # products of this size gain little from threads, which wait for each other where cores are shared
    with threadpool_limits(limits=1):
        if min(residual.shape) <= _SMALL:
            left, values, _ = np.linalg.svd(residual, full_matrices=False)
        else:
            # the same block and passes whatever n is, so that values of one rank are comparable near the noise
            left, values, _ = randomized_svd(
                residual, MAX_FACTORS, n_oversamples=20, n_iter=6, power_iteration_normalizer="QR", random_state=0
            )
    return values[:n].astype(np.float64) ** 2 / n_cells, np.sqrt(n_cells) * left[:, :n].astype(np.float64)


def count_factors(panel: Panel, residual: np.ndarray, *, rng: np.random.Generator) -> tuple[int, float]:
    """Return how many eigenvalues exceed those of permuted residuals, and the mean of the largest of the latter.

    Parameters
    ----------
    panel
        Says among which cells is permuted.
    residual
        From ``panel.residuals``.
    rng
        Draws the permutations.

    Returns
    -------
    A number in [0, `MAX_FACTORS`], and the edge of the noise.
    """
    values, _ = leading(residual, MAX_FACTORS)
    noise = [leading(panel.permuted(residual, rng=rng), 1)[0][0] for _ in range(N_PERMUTATIONS)]
    return int((values > max(noise)).sum()), float(np.mean(noise))


def regress_loadings(
    counts: sp.csc_matrix, profile: Profile, design: Design, *, panel: Panel, scores: np.ndarray, dispersion: np.ndarray
) -> np.ndarray:
    """Return shrunken loadings of all genes, before calibration.

    Parameters
    ----------
    counts
        Whole numbers, CSC, shape ``(n_cells, n_genes)``.
    profile
        Expected log shares.
    design
        The cells.
    panel
        The cells to regress on.
    scores
        Of the panel's cells, mean square 1, shape ``(n_panel_cells, n_factors)``.
    dispersion
        Shape ``(n_genes,)``.

    Returns
    -------
    Natural log units, shape ``(n_factors, n_genes)``.

    Notes
    -----
    Weighted least squares of ``count / mean - 1`` on the scores. For a log-normal factor with standard normal score f,
    ``E[f exp(f L - L**2 / 2)] = L``, so the regression on the true scores has no bias, however large the loading.
    """
    n_factors = scores.shape[1]
    squares = (scores[:, :, None] * scores[:, None, :]).reshape(scores.shape[0], -1)
    value = np.zeros((n_factors, counts.shape[1]))
    variance = np.ones_like(value)
    some, member = counts[panel.cells], design.member[panel.cells]
    for genes in gene_blocks(counts.shape[1]):
        mean = panel.depth[:, None] * np.exp(profile.log_rates(design.combinations, genes))[member]
        scale = 1.0 / (1.0 + dispersion[genes] * mean)
        with threadpool_limits(limits=1):
            moment = ((some[:, genes].toarray() - mean) * scale).T @ scores
            information = ((mean * scale).T @ squares).reshape(-1, n_factors, n_factors)
        # a trace of information on no loading at all keeps genes without counts solvable
        inverse = np.linalg.inv(information + 1e-3 * np.eye(n_factors))
        value[:, genes] = np.einsum("gij,gj->ig", inverse, moment)
        variance[:, genes] = np.einsum("gii->ig", inverse)
    return np.stack([shrink(v, s, teach=s < 1.0 / _ENOUGH) for v, s in zip(value, variance, strict=True)])
