"""Index hopping."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import SOURCES, index_hop, own_chains
from rashomon.sim.stream import stream_key

KEY = stream_key(9, "hop")
N = 3000
LANE, SAMPLE = np.arange(N) % 3, np.arange(N) % 6
"""Three lanes of two samples each."""


def chains(umis=20):
    calls = GeneCalls(np.arange(N, dtype=np.int32) % 5, tuple(f"TRBV{i}*01" for i in range(5)))
    bases = np.random.default_rng(1).choice(np.frombuffer(b"ACGT", dtype=np.uint8), (N, 12))
    found = own_chains(np.arange(N), np.zeros(N, dtype=int), bases.view("S12").ravel(), v=calls, j=calls)
    return replace(found, umis=np.full(N, umis), reads=np.full(N, 10 * umis))


def test_hops_stay_in_the_lane_and_change_the_sample():
    """Added chains are copies of chains of another sample of the same lane, with few molecules, one read each."""
    table = chains()
    found = index_hop(table, KEY, share=0.01, lane=LANE, sample=SAMPLE)
    added = found.take(np.arange(N, found.n_chains))
    assert added.n_chains > 100
    np.testing.assert_array_equal(LANE[added.cell], LANE[added.origin])
    assert (SAMPLE[added.cell] != SAMPLE[added.origin]).all()
    np.testing.assert_array_equal(added.junction, table.junction[added.origin])
    np.testing.assert_array_equal(added.v.codes, table.v.codes[added.origin])
    assert {SOURCES[code] for code in added.source} == {"hop"}
    np.testing.assert_array_equal(added.reads, added.umis)
    assert added.umis.max() <= 4
    np.testing.assert_array_equal(found.umis[:N], table.umis)
    np.testing.assert_array_equal(found.reads[:N], table.reads)


def test_number_of_hops_follows_the_closed_form():
    """A chain of n molecules hops with probability 1 - (1 - share)**n; molecules are binomial (p > 1e-4)."""
    found = index_hop(chains(), KEY, share=0.02, lane=LANE, sample=SAMPLE)
    added = found.umis[N:]
    assert stats.binomtest(added.size, N, 1 - 0.98**20).pvalue > 1e-4
    assert stats.binomtest(int(added.sum()), 20 * N, 0.02).pvalue > 1e-4


def test_receivers_are_even():
    """Cells of the other samples of the lane receive equally often (chi-square over tenths, p > 1e-4)."""
    found = index_hop(chains(200), KEY, share=0.9, lane=LANE, sample=SAMPLE)
    assert stats.chisquare(np.bincount(found.cell[N:] * 10 // N)).pvalue > 1e-4


def test_neutral_alone_and_by_address():
    """Nothing hops at 0 or in lanes of one sample; a larger share keeps the hops of a smaller one, in their cells."""
    table = chains()
    assert index_hop(table, KEY, share=0.0, lane=LANE, sample=SAMPLE).n_chains == N
    assert index_hop(table, KEY, share=1.0, lane=LANE, sample=LANE).n_chains == N
    few, many = (index_hop(table, KEY, share=s, lane=LANE, sample=SAMPLE) for s in (0.005, 0.02))
    low = dict(zip(few.origin[N:], few.cell[N:], strict=True))
    high = dict(zip(many.origin[N:], many.cell[N:], strict=True))
    assert low.items() <= high.items()


def test_columns_must_fit():
    """Lanes and samples are needed for every cell."""
    with pytest.raises(UsageError, match="lanes of shape"):
        index_hop(chains(), KEY, share=0.1, lane=LANE[:-1], sample=SAMPLE[:-1])
