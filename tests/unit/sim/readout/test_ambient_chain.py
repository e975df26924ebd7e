"""Free molecules of other cells."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import SOURCES, ambient_chains, own_chains
from rashomon.sim.stream import stream_key

KEY = stream_key(10, "ambient")
N = 600
LANE = np.arange(N + 50) % 2
"""The last 50 cells have no chain."""


def chains(umis):
    calls = GeneCalls(np.zeros(N, dtype=np.int32), ("TRBV9*01",))
    found = own_chains(np.arange(N), np.zeros(N, dtype=int), np.full(N, b"TGTGCATTT"), v=calls, j=calls)
    return replace(found, umis=umis, reads=7 * umis)


def test_soup_is_of_other_cells_of_the_lane():
    """Added chains come from another cell of the lane, never one without molecules; the others stay as they are."""
    umis = np.random.default_rng(2).poisson(2.0, N)
    table = chains(umis)
    found = ambient_chains(table, KEY, rate=3.0, lane=LANE)
    added = found.take(np.arange(N, found.n_chains))
    np.testing.assert_array_equal(LANE[added.cell], LANE[added.origin])
    assert (added.cell != added.origin).all()
    assert (umis[added.origin] > 0).all()
    assert (added.cell >= N).any()
    assert {SOURCES[code] for code in added.source} == {"ambient"}
    np.testing.assert_array_equal(found.umis[:N], umis)
    np.testing.assert_array_equal(found.reads[:N], 7 * umis)
    # a chain is caught once per cell, with all its molecules
    assert np.unique(np.stack([added.cell, added.origin]), axis=1).shape[1] == added.n_chains


def test_molecules_are_poisson_and_in_proportion():
    """Cells catch a Poisson number of molecules; chains give in proportion to theirs (chi-square, p > 1e-4)."""
    umis = np.repeat([1, 5], N // 2)
    found = ambient_chains(chains(umis), KEY, rate=4.0, lane=np.zeros(N, dtype=int))
    caught = np.bincount(found.cell[N:], weights=found.umis[N:], minlength=N)
    law = stats.poisson(4.0).pmf(np.arange(10))
    counts = np.bincount(np.minimum(caught, 10).astype(int), minlength=11)
    assert stats.chisquare(counts, N * np.append(law, 1 - law.sum())).pvalue > 1e-4
    given = np.bincount(umis[found.origin[N:]], weights=found.umis[N:])[[1, 5]]
    assert stats.chisquare(given, given.sum() * np.array([1, 5]) / 6).pvalue > 1e-4


def test_neutral_alone_and_monotone():
    """Nothing is added at 0 or to a cell alone in its lane; a larger rate adds to what was caught."""
    table = chains(np.full(N, 3))
    assert ambient_chains(table, KEY, rate=0.0, lane=LANE).n_chains == N
    assert ambient_chains(table, KEY, rate=9.0, lane=np.arange(N)).n_chains == N
    few, many = (ambient_chains(table, KEY, rate=rate, lane=LANE) for rate in (0.3, 0.6))
    low = set(zip(few.cell[N:], few.origin[N:], strict=True))
    assert low < set(zip(many.cell[N:], many.origin[N:], strict=True))


def test_cells_without_lane_are_refused():
    """Every cell has a lane."""
    with pytest.raises(UsageError, match="lanes of 3 cells"):
        ambient_chains(chains(np.full(N, 3)), KEY, rate=0.1, lane=LANE[:3])
