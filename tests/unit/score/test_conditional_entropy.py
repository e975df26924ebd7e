import numpy as np
import pytest
from hypothesis import given
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from rashomon.score import score, tabulate
from rashomon.score.conditional_entropy import permuted_information, shared_information, swap_error
from tests.strategies import labeling_pairs


@given(labeling_pairs(min_size=2, lowest=0))
def test_the_numbers_are_those_of_scipy_and_scikit_learn(pair):
    """Entropies and mutual information in nats."""
    found = shared_information(tabulate(*pair))
    assert found.entropy_a == pytest.approx(entropy(np.bincount(pair[0])), abs=1e-12)
    assert found.entropy_b == pytest.approx(entropy(np.bincount(pair[1])), abs=1e-12)
    assert found.shared == pytest.approx(mutual_info_score(*pair), abs=1e-12)


@given(labeling_pairs(min_size=2, lowest=-2))
def test_unassigned_items_are_singletons(pair):
    """As homogeneity and completeness count them, which are made from the same numbers."""
    found = shared_information(tabulate(*pair))
    for name, own in (("homogeneity", found.entropy_b), ("completeness", found.entropy_a)):
        known = score(name, *pair).value
        if np.isfinite(known) and own > 1e-12:
            assert found.shared / own == pytest.approx(known, abs=1e-9)


def test_the_ends_of_the_scale():
    """0 where the other determines it, 1 at chance, NaN for one cluster."""
    a = np.tile([0, 1], 500)
    assert shared_information(tabulate(a, a)).a_given_b == pytest.approx(0.0, abs=1e-12)
    free = shared_information(tabulate(a, np.repeat([0, 1], 500)))
    assert free.b_given_a == pytest.approx(1.0, abs=2e-3)
    assert free.chance_a == pytest.approx(1.0, abs=2e-3)
    assert np.isnan(shared_information(tabulate(np.zeros(9, int), np.arange(9) % 3)).a_given_b)


def test_permutations_approach_the_exact_mean(rng):
    """400 permutations of one stratum: within four standard errors of the exact expectation."""
    a, b = rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    exact = shared_information(tabulate(a, b)).expected
    found = permuted_information(a, b, strata=np.zeros(300, int), n=400, rng=rng)
    # the standard deviation of one is sqrt(k / 2) / n with k = 6 degrees of freedom
    assert found == pytest.approx(exact, abs=4 * np.sqrt(6 / 2) / 300 / 20)


def test_strata_keep_what_they_explain(rng):
    """Labels that are the strata keep all their information."""
    strata = np.repeat([0, 1], 50)
    kept = permuted_information(strata, strata, strata=strata, n=3, rng=rng)
    assert kept == pytest.approx(np.log(2))


@pytest.mark.parametrize("sizes", [[50, 50], [90, 10], [40, 25, 20, 10, 5]])
def test_swaps_reach_the_line(sizes, rng):
    """Swapping this share of 200,000 labels leaves a fifth of the entropy open."""
    sizes = np.array(sizes)
    n, weight = 200_000, sizes / sizes.sum()
    error = swap_error(sizes, share=0.2)
    a = rng.choice(sizes.size, n, p=weight)
    b = a.copy()
    for code in range(sizes.size):
        members = np.flatnonzero((a == code) & (rng.random(n) < error))
        others = np.where(np.arange(sizes.size) == code, 0.0, weight)
        b[members] = rng.choice(sizes.size, members.size, p=others / others.sum())
    found = shared_information(tabulate(a, b))
    assert 1 - found.shared / found.entropy_a == pytest.approx(0.2, abs=0.01)


def test_one_class_has_no_swaps():
    """NaN."""
    assert np.isnan(swap_error(np.array([5]), share=0.2))
    assert np.isnan(swap_error(np.zeros(0, int), share=0.2))
