"""Clones with hypermutation: what the rule for B-cell clones recovers, and what hopping makes of clones."""

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats

from rashomon.cluster.bcr_clone import bcr_links, distance_to_nearest
from rashomon.dataset import GeneCalls
from rashomon.sim.lineage import Law, Targeting, grow
from rashomon.sim.readout import index_hop, own_chains, umi_counts
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

SEED, CUTOFF, N_CLONES = 401, 0.15, 5000
EVEN = Targeting(hot=1.0, warm=1.0, cold=1.0, transition=1 / 3)
P_VALUE = 1e-4
RATES = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4)


@pytest.fixture(scope="module")
def heavy():
    """Human heavy chains as recombination makes them."""
    return recombine(recombination_model("human", "IGH"), stream_key(SEED, "heavy"), np.arange(N_CLONES))


def blocks(heavy):
    """V gene and J gene of each clone, as one code."""
    model = heavy.model
    return model.v_gene_codes[heavy.v].astype(np.int64) * len(model.j_names) + model.j_gene_codes[heavy.j]


def clusters(sequences, codes, *, cutoff):
    """Connected components of the links."""
    a, b = bcr_links(sequences, codes, cutoff=cutoff)
    n = sequences.size
    return sp.csgraph.connected_components(sp.coo_array((np.ones(a.size), (a, b)), shape=(n, n)), directed=False)[1]


def pairs(labels):
    """Pairs of cells with one label."""
    counts = np.unique(labels, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def recovery(lineage, codes):
    """Share of the pairs of clones that are found, and share of the pairs found that are of one clone."""
    rows = np.flatnonzero(lineage.member)
    clone = lineage.clone[rows]
    found = clusters(lineage.junction[rows], codes[clone], cutoff=CUTOFF)
    both = pairs(found.astype(np.int64) * (clone.max() + 1) + clone)
    return both / pairs(clone), both / pairs(found)


@pytest.mark.statistical
def test_the_clone_rule_recovers_clones_until_they_have_diverged(heavy, record):
    """5,000 clones of 1 to 20 cells at the rule of 0.15: recovered whole at low rates, broken at high ones.

    Tips of a star are all as far from each other, so that it breaks at once; a coalescent has a few long branches,
    which break early, and many short ones, which hold cells together at rates where a star has come apart.
    """
    sizes = np.minimum(1 + stats.geom(0.25).rvs(N_CLONES, random_state=SEED), 20)
    figures = {}
    for topology in ("birth", "star", "coalescent"):
        law = Law(topology=topology)
        for rate in RATES:
            lineage = grow(heavy.junction, sizes, stream_key(SEED, "clones"), rate=rate, law=law)
            figures[topology, rate] = recovery(lineage, blocks(heavy))
    said = {f"{topology}, rate {rate:g}": list(map(float, pair)) for (topology, rate), pair in figures.items()}
    record(
        "clone_recovery",
        claim="share of pairs of clones recovered, and of recovered pairs that are true, at 0.15 of the junction",
        seed=SEED,
        figures={"n_clones": N_CLONES, "n_cells": int(sizes.sum()), **said},
    )
    for topology in ("birth", "star", "coalescent"):
        found = [figures[topology, rate][0] for rate in RATES]
        assert found[0] == 1.0
        assert found[1] >= 0.99
        assert found[-1] <= (0.4 if topology == "coalescent" else 0.05)
        assert all(a >= b - 0.01 for a, b in itertools.pairwise(found))
        assert min(figures[topology, rate][1] for rate in RATES) >= 0.99
    assert figures["coalescent", 0.05][0] < figures["star", 0.05][0]
    assert figures["coalescent", 0.2][0] > figures["star", 0.2][0]


@pytest.mark.statistical
@pytest.mark.parametrize("rate", [0.02, 0.06, 0.09, 0.15])
def test_pairs_are_linked_as_the_closed_form_says(heavy, record, rate):
    """Two cells of a star clone, even targeting: linked with a probability known in closed form (p > 1e-4).

    Each base differs with probability q = 3/4 (1 - exp(-8/3 rate)), so a junction of L bases is linked when a binomial
    number (L, q) is at most 0.15 L.
    """
    law = Law(topology="star", targeting=EVEN, purifying=False)
    lineage = grow(heavy.junction, np.full(N_CLONES, 2), stream_key(SEED, "pairs"), rate=rate, law=law)
    members = lineage.junction[lineage.member]
    linked = bcr_links(members, lineage.clone[lineage.member], cutoff=CUTOFF)[0].size
    length = np.strings.str_len(heavy.junction)
    chance = stats.binom(length, 0.75 * -np.expm1(-8 / 3 * rate)).cdf(np.floor(CUTOFF * length + 1e-9))
    z = (linked - chance.sum()) / np.sqrt((chance * (1 - chance)).sum())
    record(
        f"clone_link_{rate:g}",
        claim="links of pairs of clones at 0.15 of the junction, against the closed form",
        seed=SEED,
        figures={"rate": rate, "n_pairs": N_CLONES, "linked": linked, "expected": float(chance.sum()), "z": float(z)},
    )
    assert 2 * stats.norm.sf(abs(z)) > P_VALUE


@pytest.mark.statistical
def test_hot_spots_concentrate_differences(heavy, record):
    """At one rate hot spots are hit again and again, so that cells differ in fewer bases than under even targeting."""
    figures = {}
    for name, targeting in (("even", EVEN), ("spots", Targeting())):
        law = Law(topology="star", targeting=targeting, purifying=False)
        lineage = grow(heavy.junction, np.full(N_CLONES, 2), stream_key(SEED, "pairs"), rate=0.1, law=law)
        members = lineage.member
        nearest = distance_to_nearest(lineage.junction[members], lineage.clone[members])
        figures[name] = {
            "hits": float(lineage.n_mutations[members].mean()),
            "distance": float(np.nan_to_num(nearest, nan=0.0).mean()),
        }
    record("hot_spots", claim="mean distance of two cells of a clone, by targeting", seed=SEED, figures=figures)
    assert figures["spots"]["hits"] == pytest.approx(figures["even"]["hits"], rel=0.02)
    assert figures["spots"]["distance"] < 0.97 * figures["even"]["distance"]


@pytest.mark.statistical
def test_hopping_shares_clones_as_the_closed_form_says(heavy, record):
    """Nucleotide clones shared by hopping are of one lane, very unequal, and as frequent as 1 - (1 - share)**molecules.

    Eight samples in two lanes, every cell with a junction of its own: all sharing is contamination.
    """
    n, share = N_CLONES, 0.004
    calls = GeneCalls(np.zeros(n, dtype=np.int32), ("IGHV1-2*02",))
    sample = np.arange(n) % 8
    chains = own_chains(np.arange(n), np.zeros(n, dtype=int), heavy.junction, v=calls, j=calls)
    key = stream_key(SEED, "readout")
    chains = umi_counts(chains, key, vdj=10.0, vj=0.0, dispersion=0.5)
    found = index_hop(chains, key, share=share, lane=sample // 4, sample=sample).seen()
    hopped = found.source == 1
    umis = dict(zip(chains.cell, chains.umis, strict=True))
    ratio = np.array([umis[cell] for cell in found.origin[hopped]]) / found.umis[hopped]
    chance = 1 - (1 - share) ** chains.umis
    z = (hopped.sum() - chance.sum()) / np.sqrt((chance * (1 - chance)).sum())
    record(
        "hopped_clones",
        claim="chains that turn up in another sample of their lane",
        seed=SEED,
        figures={"hopped": int(hopped.sum()), "expected": float(chance.sum()), "median_ratio": float(np.median(ratio))},
    )
    assert 2 * stats.norm.sf(abs(z)) > P_VALUE
    assert (sample[found.cell[hopped]] // 4 == sample[found.origin[hopped]] // 4).all()
    assert (sample[found.cell[hopped]] != sample[found.origin[hopped]]).all()
    assert np.median(ratio) >= 5
