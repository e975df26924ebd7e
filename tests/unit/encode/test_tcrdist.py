import json
from pathlib import Path

import numpy as np
import pytest
import tcrdist_rs

from rashomon.core import UsageError
from rashomon.encode.germline_loop import germline_loops
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.encode.tcrdist import chains_from, tcrdist_block, tcrdist_distance, tcrdist_links, tcrdist_radius

LETTERS = list("ACDEFGHIKLMNPQRSTVWY")
GENES = ["TRBV19*01", "TRBV28*01", "TRBV20-1*01", "TRBV7-9*01", "TRBV2*01", "TRBV12-3*01", "TRBV6-5*01"]
NONE = np.zeros(0, dtype=selected_dtype(1, 1))
DASH = json.loads(Path(__file__).with_name("tcrdist3_dash.json").read_text(encoding="utf-8"))


@pytest.fixture
def receptors(rng):
    """Junctions of lengths 6 to 22 that share ends, with V genes; more of one length than a tile holds."""
    lengths = np.where(rng.random(1500) < 0.5, 13, rng.integers(6, 23, size=1500))
    junctions = ["CAS" + "".join(rng.choice(LETTERS[:6], size=n - 5)) + "YF" for n in lengths]
    return junctions, [GENES[k] for k in rng.integers(0, len(GENES), size=1500)]


def full(values):
    """The symmetric matrix of an upper triangle by rows."""
    matrix = np.zeros((40, 40), dtype=np.int64)
    matrix[np.triu_indices(40, 1)] = values
    return matrix + matrix.T


def dash(chain):
    """The chains of 40 receptors of Dash et al. (2017)."""
    return chains_from(DASH[f"cdr3_{chain}_aa"], DASH[f"v_{chain}_gene"])


@pytest.mark.parametrize(("chain", "name"), [("a", "alpha"), ("b", "beta")])
def test_the_block_is_that_of_tcrdist3(chain, name):
    """Both chains of 40 mouse receptors, computed by tcrdist3 0.3 (the file says how)."""
    chains, names = dash(chain)
    np.testing.assert_array_equal(tcrdist_block(chains, chains, v_names=names), full(DASH[name]))


def test_the_block_is_that_of_tcrdist_rs(receptors):
    """Loops and junctions together, 300 by 200 human beta chains of all lengths."""
    junctions, genes = receptors
    chains, names = chains_from(junctions, genes)
    rows = [list(pair) for pair in zip(junctions, genes, strict=True)]
    theirs = np.reshape(tcrdist_rs.tcrdist_allele_many_to_many(rows[:300], rows[300:500], parallel=False), (300, 200))
    np.testing.assert_array_equal(tcrdist_block(chains[:300], chains[300:500], v_names=names), theirs)


def test_the_classic_block_has_the_gap_at_a_fixed_place(receptors):
    """Junctions as tcrdist-rs with a fixed place of the gap, when all V genes are the same."""
    junctions, _ = receptors
    chains, names = chains_from(junctions[:200], ["TRBV28*01"] * 200)
    theirs = tcrdist_rs.tcrdist_many_to_many(junctions[:200], junctions[:200], fixed_gappos=True, parallel=False)
    found = tcrdist_block(chains, chains, v_names=names, definition="classic")
    np.testing.assert_array_equal(found, np.reshape(theirs, (200, 200)))
    assert (found != tcrdist_block(chains, chains, v_names=names)).any()


def plain_classic(a, b, calls_a, calls_b):
    """tcr-dist from its description: loops with gaps at 4, the nearest gene of each call, one place of the gap."""
    cost = {(x, y): tcrdist_rs.amino_acid_distance(x, y) for x in LETTERS for y in LETTERS}
    table = germline_loops("human")
    loops = min(
        sum(0 if x == y else cost.get((x, y), 4) for x, y in zip(table[v], table[w], strict=True))
        for v in calls_a.split(",")
        for w in calls_b.split(",")
    )
    short, long = sorted((a, b), key=len)
    place = min(6, 3 + (len(short) - 5) // 2)
    before = sum(cost[short[k], long[k]] for k in range(3, place))
    after = sum(cost[short[-1 - k], long[-1 - k]] for k in range(2, len(short) - place))
    return loops + 3 * (before + after) + 12 * (len(long) - len(short))


def test_the_classic_block_is_tcr_dist(receptors):
    """A second implementation, from the description: loops, ambiguous calls and junctions together."""
    junctions, genes = receptors
    calls = [f"{gene},{GENES[k % len(GENES)]}" if k % 3 == 0 else gene for k, gene in enumerate(genes)]
    chains, names = chains_from(junctions[:60], calls[:60])
    plain = [[plain_classic(junctions[i], junctions[j], calls[i], calls[j]) for j in range(60)] for i in range(60)]
    np.testing.assert_array_equal(tcrdist_block(chains, chains, v_names=names, definition="classic"), plain)


@pytest.mark.parametrize("definition", ["tcrdist3", "classic"])
@pytest.mark.parametrize("radius", [0, 24, 90])
def test_the_radius_finds_what_the_block_holds(receptors, definition, radius):
    """Skipping whole groups loses no pair and adds none: pairs, order and distances."""
    chains, names = chains_from(*receptors)
    block = tcrdist_block(chains, chains, v_names=names, definition=definition)
    found = tcrdist_links(chains, v_names=names, radius=radius, definition=definition)
    i, j = np.nonzero(np.triu(block <= radius, 1))
    np.testing.assert_array_equal(found.i, i)
    np.testing.assert_array_equal(found.j, j)
    np.testing.assert_array_equal(found.distance, block[i, j])
    stored = tcrdist_radius(chains, v_names=names, radius=radius, definition=definition)
    np.testing.assert_array_equal(
        stored.toarray(), np.where((block <= radius) & ~np.eye(1500, dtype=bool), block + 1, 0)
    )


def test_threads_change_nothing(receptors, monkeypatch):
    """One thread and two give the same arrays."""
    chains, names = chains_from(*receptors)
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("RASHOMON_THREADS", threads)
        links = tcrdist_links(chains, v_names=names, radius=60)
        found.append([*links, tcrdist_block(chains, chains[:100], v_names=names)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_unknown_and_missing_calls_are_in_no_pair():
    """-1 in the block, nothing within any radius; even for equal junctions."""
    chains, names = chains_from(["CASSLGF"] * 5, ["TRBV28*01", "", "", "TRBV99*01", "TRBV28"])
    block = tcrdist_block(chains, chains, v_names=names)
    assert block[0].tolist() == [0, -1, -1, -1, 0]
    assert block[3].tolist() == [-1] * 5
    found = tcrdist_links(chains, v_names=names, radius=1000)
    assert (found.i.tolist(), found.j.tolist()) == ([0], [4])


@pytest.mark.parametrize("cutoff", [60, 120])
def test_both_arms_add_up(cutoff):
    """The sum of both matrices of tcrdist3, within the cutoff."""
    (vdj, v_b), (vj, v_a) = dash("b"), dash("a")
    vj = vj.copy()
    vj["v"] += v_b.size
    total = full(DASH["alpha"]) + full(DASH["beta"])
    found = tcrdist_distance(vdj, vj, np.arange(40), np.concatenate([v_b, v_a]), cutoff=cutoff)
    near = (total <= cutoff) & ~np.eye(40, dtype=bool)
    np.testing.assert_array_equal(found.toarray(), np.where(near, total + 1, 0))
    assert near.any()


def test_of_two_chains_the_nearer_counts_in_each_arm():
    """Items with two alpha and two beta chains, against the blocks of all chains."""
    (vdj, v_b), (vj, v_a) = dash("b"), dash("a")
    names, vj = np.concatenate([v_b, v_a]), vj.copy()
    vj["v"] += v_b.size
    for chains in (vdj, vj):
        # items 0 to 19 have two chains each, as a step selects them: items ascend
        chains["item"] = np.arange(40) // 2
    sums = sum(full(DASH[arm]).reshape(20, 2, 20, 2).min(axis=(1, 3)) for arm in ("alpha", "beta"))
    found = tcrdist_distance(vdj, vj, np.arange(20), names, cutoff=110)
    near = (sums <= 110) & ~np.eye(20, dtype=bool)
    np.testing.assert_array_equal(found.toarray(), np.where(near, sums + 1, 0))
    assert near.any()


def test_one_arm_is_enough():
    """Alpha alone and beta alone; no chains at all give no links."""
    chains, names = dash("a")
    alone = tcrdist_distance(NONE, chains, np.arange(40), names, cutoff=48)
    np.testing.assert_array_equal(alone.toarray(), tcrdist_radius(chains, v_names=names, radius=48).toarray())
    assert tcrdist_distance(NONE, NONE, np.arange(0), names, cutoff=48).shape == (0, 0)


@pytest.mark.parametrize(
    ("junction", "text"), [("CASSF", "fewer than 6"), ("CASXSF", "CASXSF"), ("C" * 61, "more than 60")]
)
def test_junctions_that_cannot_be_compared_are_refused(junction, text):
    """The chain is named; with 6 amino acids it is accepted."""
    chains, names = chains_from(["CASSLF", junction], ["TRBV28*01"] * 2)
    with pytest.raises(UsageError, match=text):
        tcrdist_block(chains, chains, v_names=names)
    assert tcrdist_block(chains[:1], chains[:1], v_names=names).tolist() == [[0]]


def test_too_many_pairs_are_refused(monkeypatch):
    """Copies are all pairs of each other."""
    monkeypatch.setattr("rashomon.encode.item_link.MAX_PAIRS", 4000)
    chains, names = chains_from(["CASSLGF"] * 100, ["TRBV28*01"] * 100)
    with pytest.raises(UsageError, match="4,950 pairs or more"):
        tcrdist_links(chains, v_names=names, radius=0)
    assert tcrdist_links(chains[:80], v_names=names, radius=0).i.size == 80 * 79 // 2


def test_negative_radii_are_refused():
    """A distance is never below 0."""
    chains, names = chains_from(["CASSLGF"], ["TRBV28*01"])
    with pytest.raises(UsageError, match="radius -1"):
        tcrdist_links(chains, v_names=names, radius=-1)
