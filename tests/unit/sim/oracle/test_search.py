"""Greedy searches."""

import numpy as np
import pytest
from sklearn import metrics

from rashomon.sim.oracle.draw import draw_states
from rashomon.sim.oracle.search import INFORMATION, PAIRS, search

SCORES = {PAIRS: metrics.adjusted_rand_score, INFORMATION: metrics.adjusted_mutual_info_score}


def alone(labels):
    """Labels in which every cell with -1 has a cluster of its own."""
    return np.where(labels < 0, 1000 + np.arange(labels.size), labels)


def mean_score(labels, draws, objective):
    return np.mean([SCORES[objective](draw, alone(labels)) for draw in draws.T])


@pytest.fixture
def case(rng):
    table = rng.dirichlet([2.0, 0.5, 0.3], size=150)
    return table, draw_states(table, n_draws=60, root=1, name="choose")


@pytest.mark.parametrize("objective", [PAIRS, INFORMATION], ids=lambda objective: objective.name)
def test_search_raises_the_expected_score(case, objective, rng):
    """From the arg-max, the mean score by scikit-learn rises, on the draws of the search and on others."""
    table, draws = case
    start = table.argmax(axis=1)
    found = search(start, table, draws, objective=objective, rng=rng)
    fresh = draw_states(table, n_draws=60, root=1, name="evaluate")
    assert mean_score(found, draws, objective) > mean_score(start, draws, objective) + 0.005
    assert mean_score(found, fresh, objective) > mean_score(start, fresh, objective)


def test_no_single_move_is_left(case, rng):
    """After a pair search hardly a move raises the mean ARI on its own draws: cells average over their posterior."""
    table, draws = case
    found = search(table.argmax(axis=1), table, draws, objective=PAIRS, rng=rng)
    here = mean_score(found, draws, PAIRS)
    gains = []
    for i in range(0, 150, 30):
        for label in np.unique(found):
            moved = found.copy()
            moved[i] = label
            gains.append(mean_score(moved, draws, PAIRS) - here)
    assert max(gains) < 0.002


def test_certain_states_are_found_from_anywhere(rng):
    """With a certain posterior a pair search from noisy labels ends at the states."""
    state = np.arange(90) % 3
    start = np.where(rng.random(90) < 0.3, rng.integers(0, 3, 90), state)
    draws = np.tile(state[:, None], 4).astype(np.int32)
    found = search(start, np.eye(3)[state], draws, objective=PAIRS, rng=rng)
    assert metrics.adjusted_rand_score(state, found) == 1.0


def test_start_and_draws_stay_as_they_are(case, rng):
    """The search works on copies."""
    table, draws = case
    start, kept = table.argmax(axis=1), draws.copy()
    before = start.copy()
    search(start, table, draws, objective=PAIRS, rng=rng)
    np.testing.assert_array_equal(start, before)
    np.testing.assert_array_equal(draws, kept)


def test_unassigned_cells_can_return(rng):
    """A pair search from singletons puts certain cells together."""
    state = np.repeat([0, 1], 20)
    start = np.where(np.arange(40) % 20 < 10, state, -1)
    draws = np.tile(state[:, None], 3).astype(np.int32)
    found = search(start, np.eye(2)[state], draws, objective=PAIRS, rng=rng)
    np.testing.assert_array_equal(found, state)
