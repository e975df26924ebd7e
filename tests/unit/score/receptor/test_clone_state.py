"""States of clones: counted, compared with cells of the same donor, and expansion by state."""

from itertools import permutations

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import hypergeom

from rashomon.score.receptor.clone_state import clone_coherence, clone_states, state_expansion


def test_states_are_counted(rng):
    """Cells, main state, share and number of states are those of a plain loop; ties go to the more common state."""
    state, clone = rng.integers(-1, 4, 300), rng.integers(-1, 40, 300)
    found = clone_states(state, clone, n_states=4, n_clones=41)
    overall = np.bincount(state[(state >= 0) & (clone >= 0)], minlength=4)
    for code in range(41):
        own = state[(clone == code) & (state >= 0)]
        assert found.n_cells[code] == own.size
        if not own.size:
            assert found.main[code] == -1
            assert np.isnan(found.share[code])
            continue
        count = np.bincount(own, minlength=4)
        best = max(np.flatnonzero(count == count.max()), key=lambda s: (overall[s], -s))
        assert (found.main[code], found.n_states[code]) == (best, (count > 0).sum())
        assert found.share[code] == pytest.approx(count.max() / own.size)


def test_expected_share_is_that_of_all_orders():
    """With four cells of a donor, the expected share and p are those of the 24 orders of their states."""
    state, clone = np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])
    zero = np.zeros(4, dtype=int)
    found = clone_coherence(state, clone, zero, n_permutations=4000, n_pairs=5, rng=np.random.default_rng(0))
    exact = [
        np.mean([max(np.mean(s[c] == v) for v in (0, 1)) for c in ([0, 1], [2, 3])])
        for s in map(np.array, permutations(state))
    ]
    assert found.value == 1.0
    assert found.expected == pytest.approx(np.mean(exact), abs=0.02)
    assert found.p == pytest.approx(np.mean(np.array(exact) >= 1.0), abs=0.03)
    assert (found.n_clones, found.n_movable) == (2, 2)
    assert found.reason == "no interval: 2 clones, fewer than 6"


def test_states_of_donors_are_not_those_of_clones(rng):
    """Where each donor has one state, clones keep together because of it: nothing can be told."""
    clone = np.repeat(np.arange(30), 3)
    found = clone_coherence(clone % 3, clone, clone % 3, rng=rng)
    assert np.isnan(found.value)
    assert found.reason == "cannot tell: cells of a donor do not differ in state"
    mixed = clone_coherence(rng.integers(0, 3, 90), clone, clone % 3, rng=rng)
    assert mixed.p > 0.05


def test_clones_of_one_cell_are_none(rng):
    """Without a clone of two cells there is no number, and the reason says so."""
    found = clone_coherence(rng.integers(0, 3, 9), np.arange(9), np.zeros(9, dtype=int), rng=rng)
    assert (found.n_clones, found.reason) == (0, "cannot tell: no clone has two cells")


def test_intervals_are_over_donors_where_there_are_six(rng):
    """Six donors: halves of donors, around the value; five: halves of clones."""
    clone = np.repeat(np.arange(60), 3)
    for n, over in ((6, "donors"), (5, "clones of these donors")):
        state = np.where(rng.random(180) < 0.6, clone % 4, rng.integers(0, 4, 180))
        found = clone_coherence(state, clone, clone % n, rng=rng)
        assert found.over == over
        assert found.low < found.value < found.high <= 1.0
        assert found.expected < found.low


def test_expansion_of_clones_in_one_state_is_hypergeometric():
    """Where clones stay in one state, expected numbers are exact, and p is that of the hypergeometric law."""
    cells = np.zeros((40, 2), dtype=int)
    cells[:12, 0], cells[12:, 1] = 1, 1
    cells[:7, 0], cells[12:15, 1] = 3, 2
    found = state_expansion(
        sp.csr_matrix(cells), np.zeros(40, dtype=int), n_permutations=4000, rng=np.random.default_rng(1)
    )
    assert found.observed.tolist() == [7, 3]
    assert found.expected == pytest.approx([3.0, 7.0])
    assert found.p == pytest.approx(hypergeom.sf(np.array([6, 2]), 40, [12, 28], 10), abs=0.02)


def test_expansion_within_donors_only():
    """A donor with more expanded clones and one state of its own explains where they sit."""
    donor = np.repeat([0, 1], 20)
    cells = np.zeros((40, 2), dtype=int)
    cells[np.arange(40), donor] = 1
    cells[:15, 0] = 4
    found = state_expansion(sp.csr_matrix(cells), donor, rng=np.random.default_rng(0))
    assert found.observed == pytest.approx(found.expected)
    assert (found.p == 1.0).all()
