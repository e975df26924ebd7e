import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from rashomon.core import UsageError
from rashomon.sim.motif.entangle import conditional, entangle, mutual_information

SHARES = st.lists(st.floats(0.01, 1), min_size=1, max_size=6).map(lambda x: np.array(x) / sum(x))


@given(SHARES, SHARES, st.floats(0, 1), st.integers(0, 10))
def test_margins_are_kept(rows, columns, strength, seed):
    """At every strength and for every affinity both margins are those given, and nothing is negative."""
    affinity = np.random.default_rng(seed).normal(size=(rows.size, columns.size))
    joint = entangle(strength, rows, columns, affinity=affinity)
    np.testing.assert_allclose(joint.sum(axis=1), rows, atol=1e-12)
    np.testing.assert_allclose(joint.sum(axis=0), columns, atol=1e-12)
    assert (joint >= 0).all()


@given(SHARES, SHARES, st.integers(0, 10))
def test_information_never_falls_with_the_strength(rows, columns, seed):
    """Mutual information is 0 at independence and grows with the strength."""
    affinity = np.random.default_rng(seed).normal(size=(rows.size, columns.size))
    told = [
        mutual_information(entangle(strength, rows, columns, affinity=affinity)) for strength in np.linspace(0, 1, 9)
    ]
    assert told[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(told) >= -1e-12).all()


@given(SHARES, st.integers(0, 10))
def test_equal_margins_can_be_determined(shares, seed):
    """With the same margins, and an affinity that pairs them, one label determines the other."""
    order = np.random.default_rng(seed).permutation(shares.size)
    affinity = np.zeros((shares.size, shares.size))
    affinity[np.arange(shares.size), order] = 1
    columns = np.empty_like(shares)
    columns[order] = shares
    joint = entangle(1.0, shares, columns, affinity=affinity)
    assert mutual_information(joint) == pytest.approx(entropy(shares, base=2), abs=1e-9)
    np.testing.assert_allclose(conditional(joint)[np.arange(shares.size), order], 1.0)


@given(SHARES, SHARES)
def test_few_cells_are_filled_at_the_end(rows, columns):
    """At strength 1 at most one cell less than there are rows and columns is filled."""
    assert (entangle(1.0, rows, columns) > 1e-12).sum() <= rows.size + columns.size - 1


def test_information_is_that_of_scipy(rng):
    """Mutual information is the relative entropy of the joint to the product of its margins."""
    joint = rng.dirichlet(np.ones(12)).reshape(3, 4)
    alone = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    assert mutual_information(joint) == pytest.approx(entropy(joint.ravel(), alone.ravel(), base=2))


def test_rows_without_probability_follow_the_columns():
    """A label that never occurs says nothing about the other."""
    joint = entangle(1.0, np.array([1.0, 0.0]), np.array([0.25, 0.75]))
    assert conditional(joint).tolist() == [[0.25, 0.75], [0.25, 0.75]]


@pytest.mark.parametrize(
    ("strength", "rows", "affinity"),
    [
        (1.1, [0.5, 0.5], None),
        (0.5, [0.5, 0.6], None),
        (0.5, [-0.5, 1.5], None),
        (0.5, [], None),
        (0.5, [0.5, 0.5], np.zeros((2, 3))),
        (0.5, [0.5, 0.5], np.full((2, 2), np.nan)),
    ],
)
def test_what_is_no_distribution_is_refused(strength, rows, affinity):
    """Strengths out of range, shares that do not sum to one, and affinities of another shape are refused."""
    with pytest.raises(UsageError, match=r"strength|affinity"):
        entangle(strength, np.array(rows), np.array([0.5, 0.5]), affinity=affinity)
