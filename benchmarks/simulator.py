"""Simulators to compare ours with: independent genes, and Splat written from its paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize, minimize_scalar
from scipy.special import gammaln
from scipy.stats import gamma, median_abs_deviation

__all__ = ["Splat", "fit_splat", "independent_genes", "sample_splat"]

_BLOCK = 500
"""Cells drawn at once: 500 x 20,000 doubles are 80 MB."""

MeansOfCells = Callable[[np.ndarray], np.ndarray]
"""From positions of cells to their table of means, shape ``(n, n_genes)``."""


def _gamma_poisson(n_cells: int, means: MeansOfCells, size: np.ndarray, *, rng: np.random.Generator) -> sp.csr_matrix:
    """Draw negative binomial counts block by block; `size` is 1 / dispersion per gene, infinity for Poisson."""
    blocks = []
    for start in range(0, n_cells, _BLOCK):
        mean = means(np.arange(start, min(start + _BLOCK, n_cells)))
        over = np.isfinite(size)
        mean[:, over] *= rng.gamma(size[over], 1 / size[over], size=(len(mean), int(over.sum())))
        blocks.append(sp.csr_matrix(rng.poisson(mean).astype(np.float32)))
    return sp.vstack(blocks, format="csr")


def independent_genes(
    counts: sp.csr_matrix, *, groups: np.ndarray | None = None, rng: np.random.Generator
) -> tuple[sp.csr_matrix, np.ndarray]:
    """Fit a negative binomial to every gene, within groups where they are given, and draw as many cells.

    Depths are those of cells drawn with replacement from the same group; dispersions are moments of the counts given
    the depths, at least 0, over all cells with the means of their groups.

    Parameters
    ----------
    counts
        CSR, shape ``(n_cells, n_genes)``.
    groups
        Codes, 0 or more, shape ``(n_cells,)``.
    rng
        Draws cells and counts.

    Returns
    -------
    The counts, and the group of each cell.
    """
    codes = np.zeros(counts.shape[0], dtype=int) if groups is None else np.asarray(groups)
    depth = np.asarray(counts.sum(axis=1), dtype=float).ravel()
    members = sp.csr_matrix((np.ones(codes.size), (codes, np.arange(codes.size))), shape=(codes.max() + 1, codes.size))
    share = (members @ counts).toarray() / np.maximum(members @ depth, 1)[:, None]
    # the expected square of a count is its mean, plus the square of the mean times one more than the dispersion
    squares = np.asarray(counts.multiply(counts).sum(axis=0)).ravel() - np.asarray(counts.sum(axis=0)).ravel()
    expected = ((members @ depth**2)[:, None] * share**2).sum(axis=0)
    dispersion = np.maximum(np.divide(squares, expected, out=np.ones_like(squares), where=expected > 0) - 1, 0.0)
    size = np.divide(1.0, dispersion, out=np.full(dispersion.size, np.inf), where=dispersion > 1e-8)
    chosen = rng.integers(counts.shape[0], size=counts.shape[0])
    means = lambda cells: depth[chosen[cells], None] * share[codes[chosen[cells]]]  # noqa: E731 - used once, below
    return _gamma_poisson(counts.shape[0], means, size, rng=rng), codes[chosen]


@dataclass(frozen=True)
class Splat:
    """Parameters of the Splat model (Zappia, Phipson & Oshlack 2017, Genome Biology 18:174).

    Parameters
    ----------
    n_genes
        Number of genes; they are made up anew, none is a gene of the data.
    mean_shape, mean_rate
        Gamma law of gene means.
    out_prob, out_location, out_scale
        Share of genes that are outliers, and log-normal law of their factor times the median mean.
    lib_location, lib_scale
        Log-normal law of library sizes.
    bcv_common, bcv_df
        Common biological coefficient of variation, and degrees of freedom of its spread over genes.
    group_frac
        Shares of the groups.
    de_prob, de_down_prob, de_location, de_scale
        Share of genes that differ in a group, share of these that are lower, and log-normal law of the factor.
    """

    n_genes: int
    mean_shape: float
    mean_rate: float
    out_prob: float
    out_location: float
    out_scale: float
    lib_location: float
    lib_scale: float
    bcv_common: float
    bcv_df: float = 60.0
    group_frac: tuple[float, ...] = (1.0,)
    de_prob: float = 0.1
    de_down_prob: float = 0.5
    de_location: float = 0.1
    de_scale: float = 0.4


def fit_splat(counts: sp.csr_matrix, *, groups: np.ndarray | None = None) -> Splat:
    """Estimate the parameters as the paper does.

    Means: gamma law by the Cramer-von Mises distance to means of counts scaled to the median library, winsorized at
    10 %. Outliers: above the median plus two median absolute deviations of the log means. Common coefficient of
    variation: 0.1 + 0.25 times the common dispersion, here by maximum likelihood over 500 genes where the paper calls
    edgeR. Not estimated, and left at the defaults of the paper: degrees of freedom, differential
    expression, no dropout.

    Parameters
    ----------
    counts
        CSR, shape ``(n_cells, n_genes)``.
    groups
        Codes, 0 or more; only their shares are used, as by a user who sets ``group.prob``.
    """
    depth = np.asarray(counts.sum(axis=1), dtype=float).ravel()
    scaled = sp.diags_array(np.median(depth) / depth) @ counts
    means = np.asarray(scaled.mean(axis=0)).ravel()
    means = means[np.bincount(counts.indices, minlength=counts.shape[1]) > 1]
    shape, rate = _gamma_by_distance(np.clip(means, *np.quantile(means, [0.1, 0.9])))
    logs = np.log(means)
    out = logs > np.median(logs) + 2 * median_abs_deviation(logs, scale="normal")
    factors = np.log(means[out] / np.median(means)) if out.sum() > 1 else np.array([4.0, 4.5])
    shares = (1.0,) if groups is None else tuple((np.bincount(groups) / groups.size).tolist())
    return Splat(
        counts.shape[1],
        shape,
        rate,
        float(out.mean()),
        float(factors.mean()),
        float(factors.std()),
        float(np.log(depth).mean()),
        float(np.log(depth).std()),
        0.1 + 0.25 * _common_dispersion(counts, depth),
        group_frac=shares,
    )


def _gamma_by_distance(values: np.ndarray) -> tuple[float, float]:
    """Return shape and rate of the gamma law with the smallest Cramer-von Mises distance to the values."""
    ordered = np.sort(values)
    steps = (2 * np.arange(ordered.size) + 1) / (2 * ordered.size)

    def distance(logs: np.ndarray) -> float:
        return float(np.square(gamma.cdf(ordered, np.exp(logs[0]), scale=np.exp(-logs[1])) - steps).sum())

    start = np.log([ordered.mean() ** 2 / ordered.var(), ordered.mean() / ordered.var()])
    found = minimize(distance, start, method="Nelder-Mead", options={"maxiter": 400})
    shape, rate = np.exp(found.x)
    return float(shape), float(rate)


def _common_dispersion(counts: sp.csr_matrix, depth: np.ndarray) -> float:
    totals = np.asarray(counts.sum(axis=0)).ravel()
    genes = np.flatnonzero(totals >= 5)
    genes = genes[np.linspace(0, genes.size - 1, min(500, genes.size)).astype(int)]
    x, mean = counts[:, genes].toarray().astype(float), np.outer(depth, totals[genes] / depth.sum())

    def cost(log_dispersion: float) -> float:
        r = np.exp(-log_dispersion)
        return -float((gammaln(x + r) - gammaln(r) + x * np.log(mean / (r + mean)) - r * np.log1p(mean / r)).sum())

    return float(np.exp(minimize_scalar(cost, bounds=(-6, 4), method="bounded", options={"xatol": 0.01}).x))


def sample_splat(splat: Splat, n_cells: int, *, rng: np.random.Generator) -> tuple[sp.csr_matrix, np.ndarray]:
    """Draw cells from the Splat model.

    Parameters
    ----------
    splat
        Parameters.
    n_cells
        Number of cells.
    rng
        Draws genes, cells and counts.

    Returns
    -------
    The counts, CSR, and the group of each cell.
    """
    means = rng.gamma(splat.mean_shape, 1 / splat.mean_rate, size=splat.n_genes)
    out = rng.random(splat.n_genes) < splat.out_prob
    higher = rng.lognormal(splat.out_location, splat.out_scale, size=int(out.sum()))
    means[out] = np.median(means) * np.maximum(higher, 1 / higher)
    n_groups = len(splat.group_frac)
    factors = np.ones((n_groups, splat.n_genes))
    if n_groups > 1:
        differs = rng.random(factors.shape) < splat.de_prob
        fold = rng.lognormal(splat.de_location, splat.de_scale, size=factors.shape)
        # a drawn factor below 1 is inverted first, then a share of them is turned down
        fold = np.maximum(fold, 1 / fold)
        down = rng.random(factors.shape) < splat.de_down_prob
        factors = np.where(differs, np.where(down, 1 / fold, fold), 1.0)
    groups = rng.choice(n_groups, size=n_cells, p=splat.group_frac)
    depth = rng.lognormal(splat.lib_location, splat.lib_scale, size=n_cells)
    share = means * factors
    share /= share.sum(axis=1, keepdims=True)
    spread = np.sqrt(splat.bcv_df / rng.chisquare(splat.bcv_df, size=splat.n_genes))

    def draw(cells: np.ndarray) -> sp.csr_matrix:
        mean = depth[cells, None] * share[groups[cells]]
        bcv = (splat.bcv_common + 1 / np.sqrt(np.maximum(mean, 1e-12))) * spread
        varied = rng.gamma(1 / bcv**2, mean * bcv**2)
        return sp.csr_matrix(rng.poisson(varied).astype(np.float32))

    starts = range(0, n_cells, _BLOCK)
    blocks = [draw(np.arange(start, min(start + _BLOCK, n_cells))) for start in starts]
    return sp.vstack(blocks, format="csr"), groups
