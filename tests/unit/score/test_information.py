"""AMI, NMI, homogeneity, completeness and V-measure against scikit-learn; variation of information by hand."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from sklearn import metrics

from rashomon.score.contingency import tabulate
from rashomon.score.information import (
    adjusted_information,
    completeness,
    homogeneity,
    normalised_information,
    v_measure,
    variation_of_information,
)
from tests.strategies import labeling_pairs

# scikit-learn takes the truth first; ours is the second labeling
PEERS = [
    (adjusted_information, lambda a, b: metrics.adjusted_mutual_info_score(b, a)),
    (normalised_information, lambda a, b: metrics.normalized_mutual_info_score(b, a)),
    (homogeneity, lambda a, b: metrics.homogeneity_score(b, a)),
    (completeness, lambda a, b: metrics.completeness_score(b, a)),
    (v_measure, lambda a, b: metrics.v_measure_score(b, a)),
]


@pytest.mark.parametrize(("ours", "peer"), PEERS, ids=lambda function: getattr(function, "__name__", ""))
@pytest.mark.parametrize("n", [4, 50, 3000])
def test_equals_scikit_learn(ours, peer, n, rng):
    """Random labelings of many sizes: equal to 1e-10 wherever there are two clusters in both."""
    compared = 0
    for _ in range(15):
        a, b = rng.integers(rng.integers(2, 40), size=n), rng.integers(rng.integers(2, 40), size=n)
        b = np.where(rng.random(n) < rng.random(), a, b)
        table = tabulate(a, b)
        if min(table.facts.n_a, table.facts.n_b) > 1 and max(table.facts.n_a, table.facts.n_b) < n:
            assert ours(table) == pytest.approx(peer(a, b), abs=1e-10)
            compared += 1
    assert compared > 0


def test_singletons_of_unassigned_items_equal_explicit_singletons(rng):
    """Grouping singletons is bookkeeping: the value is that of the labeling with a new code for each."""
    a, b = rng.integers(-1, 5, 400), rng.integers(-1, 4, 400)
    full = [np.where(x < 0, 100 + np.arange(400), x) for x in (a, b)]
    for ours, peer in PEERS:
        assert ours(tabulate(a, b)) == pytest.approx(peer(*full), abs=1e-10)


def test_the_mean_ami_over_all_permutations_is_zero():
    """Chance correction is exact: over all orders of one labeling the values sum to 0."""
    a = np.array([0, 0, 0, 1, 1, 2])
    values = [adjusted_information(tabulate(a, np.array(order))) for order in permutations([0, 0, 1, 1, 1, 2])]
    assert np.mean(values) == pytest.approx(0, abs=1e-14)


def test_one_constant_labeling_gives_zero():
    """A labeling without information shares none."""
    table = tabulate(np.zeros(6, int), np.array([0, 0, 1, 1, 2, 2]))
    assert adjusted_information(table) == pytest.approx(0, abs=1e-15)
    assert normalised_information(table) == homogeneity(table) == 0.0
    assert np.isnan(completeness(table))


def _entropy(*labelings):
    """In nats, of labelings taken together."""
    share = np.unique(np.stack(labelings), axis=1, return_counts=True)[1] / labelings[0].size
    return -np.sum(share * np.log(share))


@given(labeling_pairs(lowest=0))
def test_variation_of_information_follows_its_definition(pair):
    """H(a | b) + H(b | a), in nats; never above log(n)."""
    value = variation_of_information(tabulate(*pair))
    assert value == pytest.approx(2 * _entropy(*pair) - _entropy(pair[0]) - _entropy(pair[1]), abs=1e-12)
    assert 0 <= value <= np.log(pair[0].size) + 1e-12


@given(labeling_pairs(lowest=0, max_size=12), labeling_pairs(lowest=0, max_size=12))
def test_variation_of_information_is_a_distance(one, other):
    """No detour by a third labeling is shorter; and the distance to itself is exactly 0."""
    n = min(one[0].size, other[0].size)
    a, b, c = one[0][:n], one[1][:n], other[0][:n]
    ab, ac, cb = (variation_of_information(tabulate(x, y)) for x, y in ((a, b), (a, c), (c, b)))
    assert ab <= ac + cb + 1e-12
    assert variation_of_information(tabulate(a, a)) == 0.0
