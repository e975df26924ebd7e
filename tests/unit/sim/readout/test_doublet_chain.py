"""Droplets with two cells."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import SOURCES, doublet_chains, index_hop, own_chains, second_cells
from rashomon.sim.stream import stream_key

KEY = stream_key(11, "doublet")


def pairs(n):
    calls = GeneCalls(np.arange(2 * n, dtype=np.int32), tuple(f"TRBV{i}*01" for i in range(2 * n)))
    bases = np.random.default_rng(1).choice(np.frombuffer(b"ACGT", dtype=np.uint8), (2 * n, 12))
    junction = bases.view("S12").ravel()
    return own_chains(np.repeat(np.arange(n), 2), np.tile([0, 1], n), junction, v=calls, j=calls)


def test_a_doublet_is_the_union_of_two_cells():
    """A doublet holds two alphas and two betas: its own, and those of its second cell; others stay as they are."""
    table, second = pairs(6), np.array([4, -1, 0, -1, -1, 4])
    found = doublet_chains(table, second=second)
    for cell in range(6):
        expected = [cell] if second[cell] < 0 else [cell, second[cell]]
        rows = found.cell == cell
        assert sorted(found.junction[rows]) == sorted(
            np.concatenate([table.junction[table.cell == c] for c in expected])
        )
        assert np.bincount(found.arm[rows], minlength=2).tolist() == [len(expected)] * 2
        assert set(found.origin[rows]) == set(expected)
    assert {SOURCES[code] for code in found.source[12:]} == {"doublet"}
    assert np.unique(found.unit).size == found.n_chains


def test_only_own_chains_are_passed_on():
    """A second cell gives its own chains, not those that it got from others."""
    table = index_hop(pairs(4), KEY, share=1.0, lane=np.zeros(4, int), sample=np.arange(4))
    assert table.n_chains == 16
    assert doublet_chains(table, second=np.array([1, -1, -1, -1])).n_chains == 18


def test_second_cells_are_even_and_of_the_lane():
    """The share of doublets is as said; the second is any other cell of the lane, evenly (p > 1e-4)."""
    n = 6000
    lane = np.arange(n) % 2
    second = second_cells(lane, KEY, share=0.3)
    there = second >= 0
    assert stats.binomtest(int(there.sum()), n, 0.3).pvalue > 1e-4
    np.testing.assert_array_equal(lane[second[there]], lane[there])
    assert (second[there] != np.flatnonzero(there)).all()
    few = second_cells(np.repeat(np.arange(n // 3), 3), KEY, share=1.0)
    step = (few - np.arange(n)) % 3
    assert stats.chisquare(np.bincount(step, minlength=3)[1:]).pvalue > 1e-4


def test_neutral_and_monotone():
    """Without second cells nothing is added; a larger share keeps the doublets of a smaller one."""
    table = pairs(5)
    assert doublet_chains(table, second=np.full(5, -1)).n_chains == 10
    lane = np.zeros(500, dtype=int)
    assert (second_cells(lane, KEY, share=0.0) == -1).all()
    few, many = (second_cells(lane, KEY, share=share) for share in (0.1, 0.2))
    np.testing.assert_array_equal(many[few >= 0], few[few >= 0])
    assert second_cells(np.array([3]), KEY, share=1.0).tolist() == [-1]


def test_a_cell_is_not_its_own_second():
    """Doublets are of two cells, and every cell says whether it is one."""
    with pytest.raises(UsageError, match="second cells do not fit"):
        doublet_chains(pairs(2), second=np.array([0, -1]))
    with pytest.raises(UsageError, match="second cells do not fit"):
        doublet_chains(pairs(2), second=np.array([1]))
