"""Expected shares of genes, and what the counts say about each effect given the others.

The mean of a count is ``depth * exp(base + type + batch + donor)``. Everything here is computed from sums over the
cells of a combination of type, batch and donor, so the cost does not grow with the number of cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import logsumexp

from rashomon.sim.estimate.design import Design

__all__ = ["Evidence", "Profile", "gather_evidence", "gene_blocks", "level_totals", "pooled_profile"]

_BLOCK = 1_000
_FEWEST = 0.5
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
    """

    gene_mean: np.ndarray
    effects: tuple[np.ndarray, np.ndarray, np.ndarray]

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
        parts = (effect[:, genes][combinations[:, axis]] for axis, effect in enumerate(self.effects))
        return np.asarray(sum(parts, self.gene_mean[genes]))

    def changed(self, axis: int, effect: np.ndarray, *, base: np.ndarray | None = None) -> Profile:
        """Return the profile with another `effect` of `axis`, and with `base` added to the base, which is normalised.

        Parameters
        ----------
        axis
            0 for types, 1 for batches, 2 for donors.
        effect
            Deviations, shape ``(n_levels, n_genes)``.
        base
            What the base takes over, shape ``(n_genes,)``; None for nothing.
        """
        effects = list(self.effects)
        effects[axis] = effect
        mean = self.gene_mean if base is None else self.gene_mean + base
        return Profile(mean - logsumexp(mean), (effects[0], effects[1], effects[2]))


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

    Parameters
    ----------
    counts
        Shape ``(n_cells, n_genes)``.
    design
        The cells.
    """
    n = counts.shape[0]
    totals = []
    for axis in range(3):
        place = (design.codes[:, axis], np.arange(n))
        sums = sp.csr_matrix((np.ones(n), place), shape=(design.n_levels[axis], n)) @ counts
        totals.append(sums.toarray().astype(np.float64))
    return totals[0], totals[1], totals[2]


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
    mean = np.log(np.maximum(totals[0].sum(axis=0), _FEWEST))
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
        0 for types, 1 for batches, 2 for donors.
    totals
        Counts of the levels, shape ``(n_levels, n_genes)``.
    dispersion
        Shape ``(n_genes,)``.

    Notes
    -----
    With observed Y, expected M and means m_i of cells, the variance of ``log(Y + 1/2) - log(M + 1/2)`` is about
    ``1 / (Y + 1/2) + dispersion * sum(m_i**2) / sum(m_i)**2``.
    """
    levels = design.indicator(axis).T.tocsr()
    sums, squares = design.power_sums(1)[:, None], design.power_sums(2)[:, None]
    expected, share = np.empty_like(totals), np.empty_like(totals)
    for genes in gene_blocks(totals.shape[1]):
        rate = np.exp(profile.log_rates(design.combinations, genes))
        whole = levels @ (sums * rate)
        share[:, genes] = (levels @ (squares * rate**2)) / whole**2
        expected[:, genes] = whole * np.exp(-profile.effects[axis][:, genes])
    value = np.log((totals + _HALF) / (expected + _HALF))
    return Evidence(value, 1.0 / (totals + _HALF) + dispersion * share, expected)
