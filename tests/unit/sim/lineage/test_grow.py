"""Lineages in columns."""

import numpy as np
import pytest
from rapidfuzz.distance import Hamming

from rashomon.cluster.bcr_clone import bcr_links
from rashomon.io.receptor.codon import translate
from rashomon.sim.lineage import Law, grow, grow_light
from rashomon.sim.stream import stream_key

KEY = stream_key(2, "clones")
JUNCTIONS = np.array([b"TGTGCGAGAGATCGGTACAGCTATTACTGG", b"TGTGCAAAAGGGTGG", b"TGTGCGAGAGATCGCTACAGCTATTACTGG"])
FRONTS = np.array([b"GAGGTGCAGCTGGTG", b"CAGGTGCAGCTACAG", b"GAGGTGCAG"])
SIZES = np.array([5, 1, 12])


def test_columns_fit_each_other():
    """Amino acids are translations, identity is the share of equal V bases, ancestors are kept, lengths stay."""
    law = Law(isotype_rate=0.3, topology="coalescent")
    found = grow(JUNCTIONS, SIZES, KEY, rate=0.05, v_germline=FRONTS, law=law)
    np.testing.assert_array_equal(found.junction_aa, translate(found.junction))
    np.testing.assert_array_equal(found.germline_junction, JUNCTIONS)
    for row, clone in enumerate(found.clone):
        front = FRONTS[clone]
        apart = Hamming.distance(found.v[row].decode(), front.decode(), pad=False)
        assert found.v_identity[row] == pytest.approx(1 - apart / len(front))
        apart += Hamming.distance(found.junction[row].decode(), JUNCTIONS[clone].decode(), pad=False)
        assert apart <= found.n_mutations[row]
    assert set(found.c_call) > {"IGHM"}
    np.testing.assert_array_equal(np.bincount(found.clone[found.member]), SIZES)
    assert found.depth.min() >= 1.0


def test_rate_zero_gives_copies_that_one_cutoff_joins():
    """Without mutations the cells are copies of the ancestor; identity is 1, and NaN where V is not given."""
    found = grow(JUNCTIONS, SIZES, KEY, rate=0.0, v_germline=FRONTS)
    np.testing.assert_array_equal(found.junction, JUNCTIONS[found.clone])
    np.testing.assert_array_equal(found.v_identity, 1.0)
    assert np.isnan(grow(JUNCTIONS, SIZES, KEY, rate=0.0).v_identity).all()
    a, b = bcr_links(found.junction, np.zeros(found.clone.size, dtype=int), cutoff=0.0)
    np.testing.assert_array_equal(found.clone[a], found.clone[b])
    assert a.size == (SIZES - 1).sum()


def test_light_chains_follow_the_tree_of_the_heavy_chains():
    """The same tree, hits that are independent of the heavy chain's, and no class."""
    n = 2000
    heavy = grow(np.full(n, JUNCTIONS[0]), np.ones(n, dtype=int), KEY, rate=0.05)
    light = grow_light(heavy, np.full(n, JUNCTIONS[0]), KEY, rate=0.05)
    assert light.trees is heavy.trees
    assert (light.c.codes == -1).all()
    assert abs(np.corrcoef(heavy.n_mutations, light.n_mutations)[0, 1]) < 4.5 / np.sqrt(n)
    assert light.n_mutations.mean() > 0.5


def test_a_clone_does_not_depend_on_the_others():
    """Clones by unit: any subset and order gives the same cells."""
    whole = grow(JUNCTIONS, SIZES, KEY, rate=0.1, units=np.array([8, 3, 5]), law=Law(isotype_rate=0.5))
    some = np.array([2, 0])
    part = grow(JUNCTIONS[some], SIZES[some], KEY, rate=0.1, units=np.array([5, 8]), law=Law(isotype_rate=0.5))
    for place, clone in enumerate(some):
        np.testing.assert_array_equal(part.junction[part.clone == place], whole.junction[whole.clone == clone])
        np.testing.assert_array_equal(part.c_call[part.clone == place], whole.c_call[whole.clone == clone])
