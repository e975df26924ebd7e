"""Worlds written a second time, from the description of the model alone: numpy, scipy and loops, slow and obvious.

Nothing is imported from the package. Random numbers come from numpy in their natural order, and counts from its own
gamma and Poisson generators, so that nothing is shared with `rashomon.sim` but the model:

    log rate = gene + type + batch + donor + continuum + programmes + cycle + (factor . loading - |loading|^2 / 2)
    mean     = depth * exp(log rate), plus a second cell, plus ambient molecules; swapping mixes with the lane
    count    = negative binomial, variance = mean + dispersion * mean^2
"""

import math
from dataclasses import dataclass, field

import numpy as np

LN2 = math.log(2)


@dataclass
class Drawn:
    """Counts, and what is true of their cells and genes."""

    counts: np.ndarray
    cells: dict = field(default_factory=dict)
    markers: dict = field(default_factory=dict)


def gene_shares(n_genes, sd, rng):
    """Log shares of the genes: log-normal, and they sum to 1."""
    log = rng.normal(0, sd, n_genes)
    return log - np.log(np.exp(log).sum())


def negative_binomial(means, dispersion, rng):
    """Counts as Poisson with gamma-distributed means."""
    if dispersion == 0:
        return rng.poisson(means)
    shape = 1 / dispersion
    return rng.poisson(rng.gamma(shape, means / shape))


def nested_nodes(children):
    """Sets of types below every node of a tree with so many children per level; the root is left out."""
    n_types = int(np.prod(children))
    nodes, width = [], n_types
    for n in children:
        width //= n
        nodes += [list(range(start, start + width)) for start in range(0, n_types, width)]
    return nodes


def type_profiles(base, nodes, *, n_types, n_markers, effect, spread, rng):
    """Log folds of each type, so normalised that its shares sum to 1; and the markers of each node."""
    deck = list(rng.permutation(len(base)))
    profiles, markers = np.zeros((n_types, len(base))), {}
    for node in nodes:
        mine = [deck.pop() for _ in range(n_markers)]
        markers[tuple(node)] = mine
        for gene in mine:
            fold = LN2 * (effect + spread * rng.normal())
            for kind in node:
                profiles[kind, gene] += fold
    for kind in range(n_types):
        profiles[kind] -= np.log(np.exp(base + profiles[kind]).sum())
    return profiles, markers


def centred(n_rows, n_genes, sd, rng):
    """Normal log folds whose mean over the rows is 0 in each gene; one row has nothing to differ from."""
    folds = rng.normal(0, LN2 * sd, (n_rows, n_genes)) if n_rows > 1 else np.zeros((1, n_genes))
    return folds - folds.mean(axis=0)


def some(n_genes, n, rng):
    """A random set of genes."""
    return rng.choice(n_genes, n, replace=False)


def groups(n_cells, rng, *, n_genes, n_groups, n_markers, effect, spread, depth, depth_sd, dispersion, gene_sd=1.2):
    """Flat groups of equal size with markers; depths are log-normal."""
    base = gene_shares(n_genes, gene_sd, rng)
    nodes = [[kind] for kind in range(n_groups)]
    profiles, markers = type_profiles(
        base, nodes, n_types=n_groups, n_markers=n_markers, effect=effect, spread=spread, rng=rng
    )
    counts, types = np.zeros((n_cells, n_genes)), np.zeros(n_cells, int)
    for i in range(n_cells):
        types[i] = rng.integers(n_groups)
        molecules = depth * math.exp(depth_sd * rng.normal())
        counts[i] = negative_binomial(molecules * np.exp(base + profiles[types[i]]), dispersion, rng)
    return Drawn(counts, {"type": types}, markers)


def atlas(  # a world has many numbers
    n_cells, rng, *, n_genes, children, n_markers, effect, imbalance, n_donors, variation, donor_effect, n_batches,
    batch_effect, depth, depth_sd, depth_by_type, dispersion, gene_sd=1.2,
):  # fmt: skip
    """A tree of types of unequal sizes, donors that differ in composition and expression, each donor in one batch."""
    n_types = int(np.prod(children))
    base = gene_shares(n_genes, gene_sd, rng)
    profiles, markers = type_profiles(
        base, nested_nodes(children), n_types=n_types, n_markers=n_markers, effect=effect, spread=0, rng=rng
    )
    shares = np.array([imbalance ** (-kind / (n_types - 1)) for kind in range(n_types)])
    shares /= shares.sum()
    composition = [rng.dirichlet(shares * (1 / variation - 1)) for _ in range(n_donors)]
    of_donor = centred(n_donors, n_genes, donor_effect, rng)
    of_batch = centred(n_batches, n_genes, batch_effect, rng)
    deeper = depth_by_type * rng.normal(size=n_types)
    deeper -= np.mean(composition, axis=0) @ deeper
    counts, cells = np.zeros((n_cells, n_genes)), np.zeros((n_cells, 3), int)
    for i in range(n_cells):
        donor = rng.integers(n_donors)
        kind = rng.choice(n_types, p=composition[donor])
        batch = donor % n_batches
        log = base + profiles[kind] + of_donor[donor] + of_batch[batch]
        molecules = depth * math.exp(deeper[kind] + depth_sd * rng.normal())
        counts[i] = negative_binomial(molecules * np.exp(log), dispersion, rng)
        cells[i] = kind, donor, batch
    return Drawn(counts, dict(zip(("type", "donor", "batch"), cells.T, strict=True)), markers)


def continuum(n_cells, rng, *, n_genes, n_path_genes, n_branches, length, depth, depth_sd, dispersion, gene_sd=1.2):
    """A trunk of 0.4 of the way, then branches; each gene of the path changes along one part of it, up or down."""
    base = gene_shares(n_genes, gene_sd, rng)
    change = np.zeros((n_branches + 1, n_genes))
    for gene in some(n_genes, n_path_genes, rng):
        change[rng.integers(n_branches + 1), gene] = LN2 * length * rng.choice([-1, 1])
    counts, at, on = np.zeros((n_cells, n_genes)), np.zeros(n_cells), np.zeros(n_cells, int)
    for i in range(n_cells):
        at[i], on[i] = rng.random(), rng.integers(n_branches)
        log = base + min(at[i] / 0.4, 1) * change[0] + max(at[i] - 0.4, 0) / 0.6 * change[1 + on[i]]
        molecules = depth * math.exp(depth_sd * rng.normal())
        counts[i] = negative_binomial(molecules * np.exp(log), dispersion, rng)
    return Drawn(counts, {"position": at, "branch": np.where(at < 0.4, 0, on + 1)})


def states(  # a world has many numbers
    n_cells, rng, *, n_genes, n_factors, factor_sd, n_programmes, n_programme_genes, programme_share,
    programme_effect, cycling_share, cycle_effect, n_cycle_genes, depth, depth_sd, dispersion, gene_sd=1.2,
):  # fmt: skip
    """One population in which genes vary together: log-normal factors, programmes, the cell cycle."""
    base = gene_shares(n_genes, gene_sd, rng)
    loading = rng.normal(0, factor_sd / math.sqrt(n_factors), (n_factors, n_genes))
    programmes = [some(n_genes, n_programme_genes, rng) for _ in range(n_programmes)]
    cycle_genes = some(n_genes, n_cycle_genes, rng)
    peak = rng.uniform(0, 2 * math.pi, n_cycle_genes)
    counts, running, dividing = np.zeros((n_cells, n_genes)), np.zeros((n_cells, n_programmes)), np.zeros(n_cells, bool)
    for i in range(n_cells):
        log = base + rng.normal(size=n_factors) @ loading - 0.5 * (loading**2).sum(axis=0)
        for j, genes in enumerate(programmes):
            if rng.random() < programme_share:
                running[i, j] = rng.exponential()
                log[genes] += LN2 * programme_effect * running[i, j]
        if rng.random() < cycling_share:
            dividing[i] = True
            angle = rng.uniform(0, 2 * math.pi)
            log[cycle_genes] += 0.5 * LN2 * cycle_effect * (1 + np.cos(angle - peak))
        molecules = depth * math.exp(depth_sd * rng.normal())
        counts[i] = negative_binomial(molecules * np.exp(log), dispersion, rng)
    return Drawn(counts, {"programme": running, "cycling": dividing})


def droplets(  # a world has many numbers
    n_cells, rng, *, n_genes, n_groups, n_markers, effect, n_batches, batch_effect, doublet_rate, ambient, swapping,
    depth, depth_sd, dispersion, gene_sd=1.2,
):  # fmt: skip
    """Groups seen through droplets: doublets, molecules of lysed cells, and barcodes swapped within the lane."""
    base = gene_shares(n_genes, gene_sd, rng)
    profiles, markers = type_profiles(
        base,
        [[kind] for kind in range(n_groups)],
        n_types=n_groups,
        n_markers=n_markers,
        effect=effect,
        spread=0,
        rng=rng,
    )
    of_batch = centred(n_batches, n_genes, batch_effect, rng)

    def cell(kind, batch):
        return depth * math.exp(depth_sd * rng.normal()) * np.exp(base + profiles[kind] + of_batch[batch])

    lysed = [np.mean([cell(rng.integers(n_groups), batch) for _ in range(200)], axis=0) for batch in range(n_batches)]
    chance = 1 - math.exp(-doublet_rate * n_cells / n_batches / 1000)
    counts, cells = np.zeros((n_cells, n_genes)), np.zeros((n_cells, 3), int)
    for i in range(n_cells):
        kind, batch = rng.integers(n_groups), rng.integers(n_batches)
        double = rng.random() < chance
        means = cell(kind, batch)
        if double:
            means = means + cell(rng.integers(n_groups), batch)
        means = (1 - swapping) * means + swapping * lysed[batch]
        means = means + ambient * depth * lysed[batch] / lysed[batch].sum()
        counts[i] = negative_binomial(means, dispersion, rng)
        cells[i] = kind, batch, double
    return Drawn(counts, dict(zip(("type", "batch", "doublet"), cells.T, strict=True)), markers)
