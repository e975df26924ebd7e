"""Somatic hypermutation on branches."""

import itertools

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.io.receptor.codon import letters, translate
from rashomon.sim.lineage import Targeting, clone_trees, hypermutate, site_weights
from rashomon.sim.stream import stream_key

KEY = stream_key(5, "heavy")
EVEN = Targeting(hot=1.0, warm=1.0, cold=1.0, transition=1 / 3)
JUNCTION = b"TGTGCGAGAGATCGGTACAGCTATTACTGGTACTTCGATCTCTGG"
V = b"CAGGTTCAGCTGGTGCAGTCTGGAGCTGAGGTGAAGAAGCCTGGGGCCTCAGTGAAG"


def mutated(n, *, rate, junction=JUNCTION, **kwargs):
    """One cell each of `n` clones, one branch below the ancestor."""
    trees = clone_trees(np.ones(n, dtype=int), KEY)
    return hypermutate(trees, np.full(n, junction), KEY, rate=rate, **kwargs)


def changed(found, germline):
    """Which bases differ from the germline."""
    return letters(found)[:, : len(germline)] != np.frombuffer(germline, dtype=np.uint8)


def test_number_of_hits_is_poisson():
    """Without selection a branch has a Poisson number of hits with mean rate x bases (chi-square, p > 1e-4)."""
    n, mean = 20_000, 0.05 * len(V + JUNCTION)
    found = mutated(n, rate=0.05, v_germline=np.full(n, V), purifying=False).n_mutations
    law = stats.poisson(mean).pmf(np.arange(14))
    counts = np.bincount(np.minimum(found, 14), minlength=15)
    assert stats.chisquare(counts, n * np.append(law, 1 - law.sum())).pvalue > 1e-4


def test_even_hits_follow_jukes_cantor():
    """With even targeting a base differs after time t with probability 3/4 (1 - exp(-4/3 t)), at every place."""
    n, rate = 20_000, 0.3
    share = changed(mutated(n, rate=rate, targeting=EVEN, purifying=False).junction, JUNCTION).mean(axis=0)
    expected = 0.75 * (1 - np.exp(-4 / 3 * rate))
    assert np.abs(share - expected).max() < 4.5 * np.sqrt(expected * (1 - expected) / n)


def test_hot_spots_are_hit_by_their_weight():
    """Single hits fall on the bases in proportion to their weights (chi-square, p > 1e-4)."""
    n = 60_000
    law = Targeting(hot=6.0, warm=3.0, cold=0.2)
    found = mutated(n, rate=0.004, targeting=law, purifying=False)
    once = found.n_mutations == 1
    counts = changed(found.junction[once], JUNCTION).sum(axis=0)
    weights = site_weights(JUNCTION, targeting=law)
    assert stats.chisquare(counts, counts.sum() * weights / weights.sum()).pvalue > 1e-4
    # and not evenly: the test can fail
    assert stats.chisquare(counts).pvalue < 1e-10


def test_selection_leaves_out_exactly_the_lethal_hits():
    """Single hits that survive are those that are not lethal, in proportion to weight and exchange (by enumeration)."""
    n, law = 60_000, Targeting()
    found = mutated(n, rate=0.004, targeting=law)
    survived = found.junction[found.n_mutations == 1]
    weights, transition = site_weights(JUNCTION, targeting=law), {b"A": b"G", b"G": b"A", b"C": b"T", b"T": b"C"}
    expected, lethal, germline_aa = {}, 0.0, translate(np.array([JUNCTION]))[0]
    for place, base in itertools.product(range(len(JUNCTION)), b"ACGT"):
        old, new = JUNCTION[place : place + 1], bytes([base])
        if old == new:
            continue
        share = (
            weights[place] / weights.sum() * (law.transition if transition[old] == new else (1 - law.transition) / 2)
        )
        text = JUNCTION[:place] + new + JUNCTION[place + 1 :]
        aa = translate(np.array([text]))[0]
        if b"*" in aa or aa[0] != germline_aa[0] or aa[-1] != germline_aa[-1]:
            lethal += share
        else:
            expected[text] = share
    counts = dict(zip(*np.unique(survived, return_counts=True), strict=True))
    assert set(counts) <= set(expected)
    names = sorted(expected)
    law_of = np.array([expected[name] for name in names]) / (1 - lethal)
    observed = np.array([counts.get(name, 0) for name in names])
    assert (law_of * observed.sum() >= 5).all()
    assert stats.chisquare(observed, observed.sum() * law_of / law_of.sum()).pvalue > 1e-4
    # lethal hits are missing, the others are not made up for
    kept, mean = found.n_mutations.mean(), 0.004 * len(JUNCTION)
    assert abs(kept - mean * (1 - lethal)) < 4.5 * np.sqrt(mean / n)


def test_selected_junctions_stay_productive():
    """At any rate no stop appears, in V neither, and the junction keeps its ends and its length."""
    n = 500
    trees = clone_trees(np.full(n, 8), KEY)
    found = hypermutate(trees, np.full(n, JUNCTION), KEY, rate=0.2, v_germline=np.full(n, V))
    aa, front = translate(found.junction), translate(found.v)
    assert not (np.strings.find(aa, b"*") >= 0).any()
    assert not (np.strings.find(front, b"*") >= 0).any()
    assert np.strings.startswith(aa, b"C").all()
    assert np.strings.endswith(aa, b"W").all()
    assert set(np.strings.str_len(found.junction)) == {len(JUNCTION)}
    free = hypermutate(trees, np.full(n, JUNCTION), KEY, rate=0.2, purifying=False)
    assert (np.strings.find(translate(free.junction), b"*") >= 0).any()


def test_children_start_from_their_parents():
    """Where no branch below a cell has a hit, its children are equal to it; hits add up along the path."""
    trees = clone_trees(np.full(50, 20), KEY)
    found = hypermutate(trees, np.full(50, JUNCTION), KEY, rate=0.01)
    below = np.flatnonzero(trees.parent >= 0)
    added = found.n_mutations[below] - found.n_mutations[trees.parent[below]]
    same = found.junction[below] == found.junction[trees.parent[below]]
    assert (added >= 0).all()
    assert same[added == 0].all()
    assert not same[added == 1].any()
    assert (changed(found.junction, JUNCTION).sum(axis=1) <= found.n_mutations).all()


def test_a_larger_rate_adds_hits():
    """With the same key, a branch keeps its hits when the rate grows: the count grows, and rate 0 changes nothing."""
    low, high = (mutated(300, rate=rate).n_mutations for rate in (0.02, 0.05))
    assert (low <= high).all()
    none = mutated(300, rate=0.0)
    assert (none.junction == JUNCTION).all()
    assert (none.n_mutations == 0).all()


def test_v_and_junctions_may_differ_in_length():
    """Clones of other lengths, and without V, stand side by side; each depends on itself alone."""
    trees = clone_trees(np.array([3, 3, 3]), KEY, units=np.array([4, 9, 2]))
    junctions, fronts = np.array([JUNCTION, b"TGTGCATGG", JUNCTION[:12] + b"TGG"]), np.array([V, b"", V[5:]])
    together = hypermutate(trees, junctions, KEY, rate=0.1, v_germline=fronts)
    for c, unit in enumerate([4, 9, 2]):
        one = clone_trees(np.array([3]), KEY, units=np.array([unit]))
        alone = hypermutate(one, junctions[c : c + 1], KEY, rate=0.1, v_germline=fronts[c : c + 1])
        np.testing.assert_array_equal(together.junction[3 * c : 3 * c + 3], alone.junction)
        np.testing.assert_array_equal(together.v[3 * c : 3 * c + 3], alone.v)
        assert set(np.strings.str_len(alone.v)) == {len(fronts[c])}


def test_wrong_sequences_are_refused():
    """Letters that are no bases, broken frames, other numbers and negative rates are refused."""
    trees = clone_trees(np.array([1]), KEY)
    with pytest.raises(UsageError, match="junction holds other letters"):
        hypermutate(trees, np.array([b"TGTGCN"]), KEY, rate=0.1)
    with pytest.raises(UsageError, match="1 junctions are empty or out of frame"):
        hypermutate(trees, np.array([b"TGTGC"]), KEY, rate=0.1)
    with pytest.raises(UsageError, match="v_germline has shape"):
        hypermutate(trees, np.array([b"TGTTGG"]), KEY, rate=0.1, v_germline=np.array([V, V]))
    with pytest.raises(UsageError, match="rate holds -1"):
        hypermutate(trees, np.array([b"TGTTGG"]), KEY, rate=-1.0)
