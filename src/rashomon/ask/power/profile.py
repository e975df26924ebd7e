"""What the judged clusters look like in the data: profiles shrunken towards each other, dispersions, depth, sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["FEWEST", "Profiles", "estimate_profiles"]

FEWEST = 5
"""Cells that a cluster must have for its profile to be estimated."""

_HALF = 0.5
_TAUGHT = 5.0
"""Expected molecules from which the log ratio of a gene is normal enough to teach the shrinkage."""

_N_BINS = 20


@dataclass(frozen=True, eq=False)
class Profiles:
    """Clusters of one data set, as closed forms need them.

    Parameters
    ----------
    codes
        Codes of the clusters described, shape ``(n_clusters,)``; smaller ones are left out.
    sizes
        Their cells, shape ``(n_clusters,)``.
    rates
        Share of each gene among the molecules of a cell, shape ``(n_clusters, n_genes)``; differences are shrunken.
    base
        The same of all cells together, shape ``(n_genes,)``.
    dispersion
        Of each gene within clusters, at least 0, shape ``(n_genes,)``: variance = mean + dispersion * mean**2.
    depth
        Median molecules per cell.
    n_cells
        Cells in a cluster.
    """

    codes: np.ndarray
    sizes: np.ndarray
    rates: np.ndarray
    base: np.ndarray
    dispersion: np.ndarray
    depth: float
    n_cells: int

    @property
    def n_genes(self) -> int:
        """Number of genes."""
        return int(self.base.size)

    def of_genes(self, genes: np.ndarray) -> Profiles:
        """Return the same of some genes only; rates stay shares of all molecules."""
        return Profiles(
            self.codes, self.sizes, self.rates[:, genes], self.base[genes], self.dispersion[genes], self.depth,
            self.n_cells,
        )  # fmt: skip


def estimate_profiles(counts: sp.csr_matrix, codes: np.ndarray) -> Profiles:
    """Return profiles, dispersions and depth of clusters.

    Rates are ratios of sums. The log ratio of a cluster to all cells is shrunken by a prior learnt from its genes
    (`rashomon.sim.estimate.shrinkage.shrink`), so that noise is not taken for distance. Dispersions are those of the
    moments within clusters, drawn towards the ratio of sums of genes of similar mean.

    Parameters
    ----------
    counts
        Whole numbers, CSR, shape ``(n_cells, n_genes)``.
    codes
        Cluster of each cell, below 0 for none, shape ``(n_cells,)``.

    Raises
    ------
    UsageError
        When no cluster has `FEWEST` cells with molecules.

    Notes
    -----
    Where the labels were found in the same counts the differences are those of labels that fit the noise too; shrinkage
    takes off what chance would give to given labels, not what the search for labels adds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[4.0, 4.0, 12.0], [4.0, 4.0, 2.0]], 300, axis=0)
    >>> found = estimate_profiles(sp.csr_matrix(rng.poisson(rates)), np.repeat([0, 1], 300))
    >>> found.sizes.tolist(), found.rates.round(1).tolist()
    ([300, 300], [[0.2, 0.2, 0.6], [0.4, 0.4, 0.2]])
    """
    depth = np.asarray(counts.sum(axis=1), dtype=float).ravel()
    known = (codes >= 0) & (depth > 0)
    sizes = np.bincount(codes[known], minlength=int(codes.max(initial=-1)) + 1)
    kept = np.flatnonzero(sizes >= FEWEST)
    if not kept.size:
        raise UsageError(f"no cluster has {FEWEST} cells", where="estimate_profiles", expected="larger clusters")
    rows = np.flatnonzero(known)[np.isin(codes[known], kept)]
    part, of, depths = counts[rows].astype(np.float64), np.searchsorted(kept, codes[rows]), depth[rows]
    member = sp.csr_matrix((np.ones(rows.size), (of, np.arange(rows.size))), shape=(kept.size, rows.size))
    totals = np.asarray((member @ part).toarray())
    first, second = member @ depths, member @ depths**2
    raw = totals / first[:, None]
    base = totals.sum(axis=0) / first.sum()
    dispersion = _dispersion(part, member, depths, raw, (first, second))
    rates = _shrunken(totals, first, base, dispersion * (second / first**2)[:, None])
    return Profiles(kept, sizes[kept], rates, base, dispersion, float(np.median(depths)), int(rows.size))


def _shrunken(totals: np.ndarray, molecules: np.ndarray, base: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """Return rates whose log ratios to `base` are shrunken, cluster by cluster; `extra`: variance by dispersion."""
    from rashomon.sim.estimate.shrinkage import shrink

    expected = molecules[:, None] * base
    value = np.log((totals + _HALF) / (expected + _HALF))
    variance = 1.0 / (totals + _HALF) + extra
    rates = np.empty_like(totals)
    for k in range(len(totals)):
        rates[k] = base * np.exp(shrink(value[k], variance[k], teach=expected[k] >= _TAUGHT))
    return np.asarray(rates / rates.sum(axis=1, keepdims=True))


def _dispersion(
    counts: sp.csr_matrix,
    member: sp.csr_matrix,
    depths: np.ndarray,
    rates: np.ndarray,
    powers: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return the dispersion of each gene by moments within clusters, drawn towards genes of about its mean."""
    first, second = powers
    squares = np.asarray(counts.multiply(counts).sum(axis=0)).ravel()
    crossed = ((member.multiply(depths) @ counts).toarray() * rates).sum(axis=0)
    mean_squares = second @ rates**2
    # a mean that is fitted takes a degree of freedom from each cluster
    n = counts.shape[0]
    within = (squares - 2 * crossed + mean_squares) * (n / max(n - rates.shape[0], 1))
    excess = within - first @ rates
    order = np.argsort(mean_squares, kind="stable")
    trend = np.zeros(rates.shape[1])
    for genes in np.array_split(order, max(1, min(_N_BINS, order.size // _N_BINS))):
        total = mean_squares[genes].sum()
        trend[genes] = max(excess[genes].sum() / total, 0.0) if total > 0 else 0.0
    # the moment estimate has a variance of about 2 / sum of squared means; the scatter about the trend is as wide as it
    own = np.where(mean_squares > 0, 2.0 / np.maximum(mean_squares, 1e-300), np.inf)
    prior = np.maximum(trend, 1e-3) ** 2
    value = np.divide(excess, mean_squares, out=np.zeros_like(excess), where=mean_squares > 0)
    weight = prior / (prior + own)
    return np.asarray(np.maximum(weight * value + (1 - weight) * trend, 0.0))
