"""Draws from the posterior."""

import numpy as np
from scipy import stats

from rashomon.sim.oracle.draw import draw_states


def test_draws_follow_the_posterior(rng):
    """Frequencies over 20,000 draws agree with the posterior (chi-square, p > 1e-4 for each cell)."""
    table = rng.dirichlet(np.ones(4), size=5)
    draws = draw_states(table, n_draws=20_000, root=3, name="test")
    for row, states in zip(table, draws, strict=True):
        assert stats.chisquare(np.bincount(states, minlength=4), 20_000 * row).pvalue > 1e-4


def test_impossible_states_are_never_drawn():
    """A state with probability 0 is not drawn, not even where the row sums to a little less than 1."""
    table = np.array([[0.0, 0.5, 0.5 - 1e-9, 0.0]] * 2000)
    assert set(np.unique(draw_states(table, n_draws=50, root=1, name="test"))) == {1, 2}


def test_draws_have_addresses(rng):
    """Equal root and name give equal draws, a longer request begins with the shorter one, other names differ."""
    table = rng.dirichlet(np.ones(3), size=50)
    short, long = (draw_states(table, n_draws=n, root=9, name="choose") for n in (3, 8))
    np.testing.assert_array_equal(short, long[:, :3])
    assert (draw_states(table, n_draws=3, root=9, name="evaluate") != short).any()


def test_cells_and_draws_are_independent():
    """Two cells with the same posterior, and two draws of one cell, agree as often as chance says."""
    draws = draw_states(np.full((4000, 2), 0.5), n_draws=2, root=2, name="test")
    for agree in ((draws[:, 0] == draws[:, 1]).mean(), (draws[:-1, 0] == draws[1:, 0]).mean()):
        assert abs(agree - 0.5) < 4.5 * 0.5 / np.sqrt(4000)
