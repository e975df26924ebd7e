import numpy as np
import pytest
from scipy.stats import hypergeom

from rashomon.sim.detect.chance import chance_f1


def best_f1(sizes, n_members, n_alone, rng, *, n):
    """Best F1 over clusters under `n` permutations of the label."""
    clusters = np.repeat(np.arange(sizes.size + n_alone), np.r_[sizes, np.ones(n_alone, int)])
    size = np.bincount(clusters)
    hits = [np.bincount(clusters[rng.permutation(clusters.size)[:n_members]], minlength=size.size) for _ in range(n)]
    return (2 * np.array(hits) / (n_members + size)).max(axis=1)


@pytest.mark.parametrize(
    ("sizes", "n_members", "n_alone"),
    [([40, 30, 30], 30, 0), ([25, 25, 20, 10, 3], 8, 5), ([90, 5, 1, 1], 60, 0), ([12], 4, 20), ([], 3, 20)],
)
def test_the_quantile_is_that_of_permutations(sizes, n_members, n_alone, rng):
    """P(best F1 <= quantile) is at least 95 %, and P(best F1 < quantile) below it, in 6,000 permutations."""
    drawn = best_f1(np.array(sizes, dtype=int), n_members, n_alone, rng, n=6000)
    found = chance_f1(np.array(sizes, dtype=int), n_members, n_alone=n_alone)
    assert np.mean(drawn <= found + 1e-12) >= 0.95 - 0.012
    assert np.mean(drawn < found - 1e-12) < 0.95 + 0.012
    assert np.isclose(drawn, found).any()


def test_two_clusters_follow_the_hypergeometric_law():
    """With two clusters one count decides both: the smallest F1 with enough mass, summed by scipy."""
    sizes, members = np.array([70, 50]), 40
    count = np.arange(members + 1)
    mass = hypergeom(120, 70, members).pmf(count)
    best = np.maximum(2 * count / (members + 70), 2 * (members - count) / (members + 50))
    for level in (0.5, 0.95, 0.999):
        values = np.sort(best)
        expected = next(value for value in values if mass[best <= value + 1e-12].sum() >= level)
        assert chance_f1(sizes, members, level=level) == pytest.approx(expected)


def test_a_clustering_without_choice_has_one_value():
    """One giant cluster and all singletons give the same F1 under every permutation."""
    assert chance_f1(np.array([100]), 70) == pytest.approx(2 * 70 / 170)
    assert chance_f1(np.array([], dtype=int), 70, n_alone=100) == pytest.approx(2 / 71)
    assert chance_f1(np.ones(100, dtype=int), 70) == pytest.approx(2 / 71)
    assert chance_f1(np.array([6, 4]), 10) == pytest.approx(12 / 16)


def test_many_cells_are_no_trouble():
    """In large clusters chance gives the share of the group, to within its standard error."""
    found = chance_f1(np.full(20, 5_000), 50_000)
    typical = 2 * 2_500 / 55_000
    assert typical < found < typical * 1.1


def test_a_higher_level_is_harder_to_exceed():
    """Quantiles rise with the level."""
    sizes = np.array([30, 20, 10, 5])
    found = [chance_f1(sizes, 12, level=level) for level in (0.1, 0.5, 0.9, 0.99)]
    assert found == sorted(found)
    assert found[0] < found[-1]
