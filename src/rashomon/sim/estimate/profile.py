"""Expected shares of genes, and what the counts say about each effect given the others.

The mean of a count is ``depth * exp(base + type + batch + donor + type within batch)``. Everything here is computed
from sums over the cells of a combination of type, batch and donor, so the cost does not grow with the number of cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.special import logsumexp

from rashomon.sim.estimate.design import CROSSED, Design, level_of

__all__ = [
    "FEWEST_MOLECULES",
    "Evidence",
    "Profile",
    "axis_totals",
    "expected_totals",
    "gather_evidence",
    "gene_blocks",
    "level_totals",
    "pooled_profile",
]

_BLOCK = 1_000
FEWEST_MOLECULES = 0.5
"""Molecules that a gene is taken to have in all cells when it has fewer: a log share must be finite."""

_HALF = 0.5
"""Added to observed and expected counts, so that the log ratio of zero counts is finite and nearly unbiased."""


@dataclass(frozen=True, eq=False)
class Profile:
    """Natural log shares of genes, as a sum of effects.

    Parameters
    ----------
    gene_mean
        Base, shape ``(n_genes,)``.
    effects
        Deviations of types, batches and donors, each of shape ``(n_levels, n_genes)``.
    crossed
        Deviations of types within batches, in row ``batch * n_types + type``; None for none.
    """

    gene_mean: np.ndarray
    effects: tuple[np.ndarray, np.ndarray, np.ndarray]
    crossed: np.ndarray | None = None

    def own(self, axis: int) -> np.ndarray | None:
        """Return the deviations of `axis`: 0 for types, 1 for batches, 2 for donors, `CROSSED`."""
        return self.crossed if axis == CROSSED else self.effects[axis]

    def log_rates(self, combinations: np.ndarray, genes: slice | np.ndarray) -> np.ndarray:
        """Return log shares of combinations of type, batch and donor.

        Parameters
        ----------
        combinations
            Codes, shape ``(n_combinations, 3)``.
        genes
            Columns.

        Returns
        -------
        Shape ``(n_combinations, n_chosen)``.
        """
        tables = (*self.effects, self.crossed)
        rate = np.tile(self.gene_mean[genes], (combinations.shape[0], 1))
        for axis, table in enumerate(tables):
            if table is not None:
                rate += table[:, genes][level_of(combinations, axis, n_types=self.effects[0].shape[0])]
        return rate

    def changed(self, axis: int, effect: np.ndarray, *, base: np.ndarray | None = None) -> Profile:
        """Return the profile with another `effect` of `axis`, and with `base` added to the base, which is normalised.

        Parameters
        ----------
        axis
            0 for types, 1 for batches, 2 for donors, `CROSSED` for types within batches.
        effect
            Deviations, shape ``(n_levels, n_genes)``.
        base
            What the base takes over, shape ``(n_genes,)``; None for nothing.
        """
        mean = self.gene_mean if base is None else self.gene_mean + base
        mean = mean - logsumexp(mean)
        if axis == CROSSED:
            return replace(self, gene_mean=mean, crossed=effect)
        effects = list(self.effects)
        effects[axis] = effect
        return replace(self, gene_mean=mean, effects=(effects[0], effects[1], effects[2]))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Log ratios of observed to expected counts of each level, expected without the level's own effect.

    Parameters
    ----------
    value
        Log ratios, shape ``(n_levels, n_genes)``.
    variance
        Their variances by the delta method under the negative binomial, same shape.
    expected
        Expected counts, same shape.
    """

    value: np.ndarray
    variance: np.ndarray
    expected: np.ndarray


def gene_blocks(n_genes: int, size: int = _BLOCK) -> Iterator[slice]:
    """Yield slices of at most `size` genes that cover `n_genes`."""
    for start in range(0, n_genes, size):
        yield slice(start, min(start + size, n_genes))


def level_totals(counts: sp.csr_matrix, design: Design) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return counts summed over the cells of each type, batch and donor, each of shape ``(n_levels, n_genes)``.

    Those of types within batches are made by `axis_totals`, where they are needed.

    Parameters
    ----------
    counts
        Shape ``(n_cells, n_genes)``.
    design
        The cells.
    """
    return axis_totals(counts, design, axis=0), axis_totals(counts, design, axis=1), axis_totals(counts, design, axis=2)


def axis_totals(counts: sp.csr_matrix, design: Design, *, axis: int) -> np.ndarray:
    """Return counts summed over the cells of each level of one axis, shape ``(n_levels, n_genes)``.

    Parameters
    ----------
    counts
        Shape ``(n_cells, n_genes)``.
    design
        The cells.
    axis
        0 for types, 1 for batches, 2 for donors, `CROSSED` for types within batches.
    """
    n = counts.shape[0]
    place = (level_of(design.codes, axis, n_types=design.n_levels[0]), np.arange(n))
    sums = sp.csr_matrix((np.ones(n), place), shape=(design.n_of(axis), n)) @ counts
    return np.asarray(sums.toarray(), dtype=np.float64)


def pooled_profile(totals: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Profile:
    """Return the profile of all cells together, without effects: shares by the ratio of sums.

    Parameters
    ----------
    totals
        From `level_totals`.

    Examples
    --------
    >>> one = np.array([[1.0, 3.0]])
    >>> np.exp(pooled_profile((one, one, one)).gene_mean)
    array([0.25, 0.75])
    """
    mean = np.log(np.maximum(totals[0].sum(axis=0), FEWEST_MOLECULES))
    nothing = (np.zeros_like(totals[0]), np.zeros_like(totals[1]), np.zeros_like(totals[2]))
    return Profile(mean - logsumexp(mean), nothing)


def gather_evidence(
    profile: Profile, design: Design, *, axis: int, totals: np.ndarray, dispersion: np.ndarray
) -> Evidence:
    """Return what the counts say about the effects of one axis, given the others.

    Parameters
    ----------
    profile
        All effects; the axis' own are divided out.
    design
        The cells.
    axis
        0 for types, 1 for batches, 2 for donors, `CROSSED` for types within batches.
    totals
        Counts of the levels, shape ``(n_levels, n_genes)``.
    dispersion
        Shape ``(n_genes,)``.

    Notes
    -----
    With observed Y, expected M and means m_i of cells, the variance of ``log(Y + 1/2) - log(M + 1/2)`` is about
    ``1 / (Y + 1/2) + dispersion * sum(m_i**2) / sum(m_i)**2``.
    """
    levels, own = design.indicator(axis).T.tocsr(), profile.own(axis)
    sums, squares = design.power_sums(1)[:, None], design.power_sums(2)[:, None]
    expected, share = np.empty_like(totals), np.empty_like(totals)
    for genes in gene_blocks(totals.shape[1]):
        rate = np.exp(profile.log_rates(design.combinations, genes))
        whole = levels @ (sums * rate)
        # a level without cells, as types within batches may be, has no evidence: its variance is at its largest
        share[:, genes] = np.divide(levels @ (squares * rate**2), whole**2, out=np.ones_like(whole), where=whole > 0)
        expected[:, genes] = whole if own is None else whole * np.exp(-own[:, genes])
    value = np.log((totals + _HALF) / (expected + _HALF))
    return Evidence(value, 1.0 / (totals + _HALF) + dispersion * share, expected)


def expected_totals(profile: Profile, design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Return the expected total of each gene, and how far few cells make it up.

    Parameters
    ----------
    profile
        Expected log shares.
    design
        The cells.

    Returns
    -------
    Sums of the expected counts of cells, and the sum of their squares over the square of their sum, both of shape
    ``(n_genes,)``. The latter is 1 / n for a gene that all of n cells express alike; times the dispersion it is the
    squared coefficient of variation that overdispersion gives to the total.
    """
    whole, square = np.empty((2, profile.gene_mean.size))
    for genes in gene_blocks(whole.size):
        rate = np.exp(profile.log_rates(design.combinations, genes))
        whole[genes] = design.power_sums(1) @ rate
        square[genes] = design.power_sums(2) @ rate**2
    return whole, square / whole**2
