"""Effects of types, batches, donors and types within batches, by turns: each given the others, and shrunken."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.special import logsumexp

from rashomon.sim.estimate.design import CROSSED, Design
from rashomon.sim.estimate.profile import (
    Evidence,
    Profile,
    axis_totals,
    gather_evidence,
    gene_blocks,
    level_totals,
    pooled_profile,
)
from rashomon.sim.estimate.shrinkage import shrink, shrink_jointly

__all__ = ["fit_profile"]

_ROUNDS = 3
_ENOUGH = 5.0
"""Expected molecules from which a log ratio is nearly normal: such genes teach the prior."""

_TEACHERS = 100


def fit_profile(counts: sp.csr_matrix, design: Design, *, dispersion: np.ndarray) -> Profile:
    """Return the expected log shares of genes, with effects of type, batch and donor, and of types within batches.

    Parameters
    ----------
    counts
        Whole numbers, CSR, shape ``(n_cells, n_genes)``.
    design
        The cells.
    dispersion
        Within combinations, shape ``(n_genes,)``; it decides how far effects are shrunken.

    Returns
    -------
    The base sums to 1 on the natural scale, and so does it with each type. Types are shrunken one by one toward the
    base, batches toward their mean and donors toward the mean of their family. Types within batches, of which there are
    effects if there are several of both, are shrunken toward what type and batch say. Batches, donors and types within
    batches are scaled so that the shares of their cells sum to 1 on average.

    Examples
    --------
    >>> from rashomon.sim.estimate.design import make_design
    >>> counts = sp.csr_matrix(np.array([[30.0, 70.0], [32.0, 68.0]]))
    >>> design = make_design(np.zeros((2, 3), int), np.full(2, 100.0), n_levels=(1, 1, 1))
    >>> np.exp(fit_profile(counts, design, dispersion=np.zeros(2)).gene_mean).round(2)
    array([0.31, 0.69])
    """
    totals = level_totals(counts, design)

    def evidence(profile: Profile, axis: int) -> Evidence:
        return gather_evidence(profile, design, axis=axis, totals=totals[axis], dispersion=dispersion)

    profile = pooled_profile(totals)
    many = [n > 1 for n in design.n_levels]
    for _ in range(_ROUNDS if many[1] or many[2] else 1):
        if many[0]:
            profile = profile.changed(0, _type_effects(evidence(profile, 0), profile.gene_mean))
        if many[1]:
            effect, mean = _deviations(evidence(profile, 1))
            profile = profile.changed(1, effect, base=mean)
        if many[2]:
            profile = _with_donors(profile, evidence(profile, 2), design)
    if many[0]:
        profile = profile.changed(0, _type_effects(evidence(profile, 0), profile.gene_mean))
    if many[0] and many[1]:
        sums = axis_totals(counts, design, axis=CROSSED)
        found = gather_evidence(profile, design, axis=CROSSED, totals=sums, dispersion=dispersion)
        profile = profile.changed(CROSSED, _crossed_effects(found))
    return _with_scales(profile, design)


def _with_scales(profile: Profile, design: Design) -> Profile:
    """Return the profile with shares that sum to 1 on average over types within batches, batches and donors."""
    for axis in (CROSSED, 1, 2):
        effect = profile.own(axis)
        if effect is not None:
            profile = profile.changed(axis, _scaled(effect, profile, design, axis))
    return profile


def _teach(expected: np.ndarray) -> np.ndarray:
    """Return genes that teach a prior: those with enough molecules, or else the most abundant ones."""
    least = np.sort(expected)[-min(_TEACHERS, expected.size)]
    return np.asarray(expected >= min(_ENOUGH, least))


def _type_effects(found: Evidence, base: np.ndarray) -> np.ndarray:
    effect = np.empty_like(found.value)
    for z, (value, variance, expected) in enumerate(zip(found.value, found.variance, found.expected, strict=True)):
        row = shrink(value, variance, teach=_teach(expected))
        effect[z] = row - logsumexp(base + row)
    return effect


def _crossed_effects(found: Evidence) -> np.ndarray:
    effect = np.zeros_like(found.value)
    rows = zip(found.value, found.variance, found.expected, strict=True)
    for row, (value, variance, expected) in enumerate(rows):
        if expected.any():
            effect[row] = shrink(value, variance, teach=_teach(expected))
    return effect


def _deviations(found: Evidence) -> tuple[np.ndarray, np.ndarray]:
    return shrink_jointly(found.value, found.variance, teach=_teach(found.expected.min(axis=0)))


def _with_donors(profile: Profile, found: Evidence, design: Design) -> Profile:
    """Return the profile with new donor effects; the mean of a family goes to its batches, of the only to the base."""
    effect, batch = np.zeros_like(found.value), profile.effects[1].copy()
    n_families = int(design.families.max()) + 1
    mean = np.zeros(found.value.shape[1])
    for family in range(n_families):
        inside = np.flatnonzero(design.families == family)
        effect[inside], mean = _deviations(
            Evidence(found.value[inside], found.variance[inside], found.expected[inside])
        )
        cells = np.isin(design.combinations[:, 2], inside)
        batch[np.unique(design.combinations[cells, 1])] += mean
    if n_families == 1:
        return profile.changed(2, effect, base=mean)
    return profile.changed(1, batch).changed(2, effect)


def _scaled(effect: np.ndarray, profile: Profile, design: Design, axis: int) -> np.ndarray:
    """Return the effect of `axis` less the log of the mean total share of the cells of each level."""
    total = np.zeros(design.combinations.shape[0])
    for genes in gene_blocks(profile.gene_mean.size):
        total += np.exp(profile.log_rates(design.combinations, genes)).sum(axis=1)
    levels, weight = design.indicator(axis).T.tocsr(), design.power_sums(1)
    cells = levels @ weight
    shift = np.log(np.divide(levels @ (weight * total), cells, out=np.ones(cells.size), where=cells > 0))
    # a level without any evidence keeps its zeros
    return np.asarray(effect - np.where(effect.any(axis=1), shift, 0.0)[:, None])
