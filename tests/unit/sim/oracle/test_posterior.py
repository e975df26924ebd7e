"""Posterior of the state."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax

from rashomon.core import UsageError
from rashomon.sim.oracle.posterior import check_posterior, coarsen, entropy, expected_accuracy, posterior


@pytest.mark.parametrize("per_cell", [False, True])
def test_equals_softmax(per_cell, rng):
    """Bayes' rule in logarithms is scipy's softmax of likelihood plus prior, however small both are."""
    likelihood = rng.normal(-5000, 30, (20, 4))
    prior = np.log(rng.dirichlet(np.ones(4), size=20 if per_cell else None))
    np.testing.assert_allclose(posterior(likelihood, prior), softmax(likelihood + prior, axis=1), atol=1e-14)


def test_excluded_states_get_nothing():
    """A state that is impossible a priori or given the data has probability 0."""
    found = posterior(np.array([[0.0, -np.inf, 0.0]]), np.array([0.0, 0.0, -np.inf]))
    np.testing.assert_array_equal(found, [[1.0, 0.0, 0.0]])


@pytest.mark.parametrize("bad", [-np.inf, np.nan])
def test_a_cell_that_nothing_explains_is_an_error(bad):
    """A cell without a possible state is named; the others are not."""
    with pytest.raises(UsageError, match="no state can have produced") as error:
        posterior(np.array([[0.0, 0.0], [bad, bad]]), np.zeros(2))
    assert "cells 1" in str(error.value)


def test_prior_has_a_fitting_shape():
    """A prior of another number of states is an error."""
    with pytest.raises(UsageError, match="the prior has shape"):
        posterior(np.zeros((3, 2)), np.zeros(3))


def test_parent_is_the_sum_of_its_leaves(rng):
    """The posterior of a parent is the sum over its leaves, a parent without leaves has 0, and rows still sum to 1."""
    leaves = rng.dirichlet(np.ones(5), size=30)
    found = coarsen(leaves, np.array([0, 2, 0, 3, 3]), 4)
    np.testing.assert_allclose(found[:, 0], leaves[:, 0] + leaves[:, 2])
    np.testing.assert_array_equal(found[:, 1], 0)
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("parents", [[0, 2], [0, -1], [0]])
def test_every_state_needs_a_parent(parents):
    """A parent out of range and a state without one are errors."""
    with pytest.raises(UsageError, match="parents do not fit"):
        coarsen(np.array([[0.5, 0.5]]), np.array(parents), 2)


def test_coarser_truths_are_easier(rng):
    """The expected accuracy of parents is at least that of leaves, and their entropy at most."""
    leaves = rng.dirichlet(np.full(6, 0.4), size=100)
    parents = coarsen(leaves, np.arange(6) // 2, 3)
    assert expected_accuracy(parents) >= expected_accuracy(leaves)
    assert (entropy(parents) <= entropy(leaves) + 1e-12).all()


def test_entropy_equals_scipy(rng):
    """Entropy is scipy's, with 0 log 0 = 0."""
    table = np.vstack([rng.dirichlet(np.ones(3), size=9), [1, 0, 0]])
    np.testing.assert_allclose(entropy(table), stats.entropy(table, axis=1), atol=1e-15)


def test_accuracy_is_one_minus_the_bayes_error(rng):
    """Two balanced Gaussians two standard deviations apart: the expected accuracy is Phi(1)."""
    x = rng.normal(2.0 * (rng.random(200_000) < 0.5), 1)
    table = posterior(stats.norm.logpdf(x[:, None], [0.0, 2.0]), np.zeros(2))
    assert expected_accuracy(table) == pytest.approx(stats.norm.cdf(1), abs=0.003)


def test_no_cells_have_no_accuracy():
    """Without cells the expected accuracy is undefined."""
    assert np.isnan(expected_accuracy(np.empty((0, 2))))


@pytest.mark.parametrize("table", [[[0.5, 0.6]], [[-0.1, 1.1]], [[np.nan, 1.0]]])
def test_rows_are_probabilities(table):
    """Sums other than 1, negative numbers and NaN are errors."""
    with pytest.raises(UsageError, match="no probabilities"):
        check_posterior(np.array(table))


def test_a_vector_is_no_posterior():
    """A posterior has two axes."""
    with pytest.raises(UsageError, match="shape"):
        check_posterior(np.ones(3))
