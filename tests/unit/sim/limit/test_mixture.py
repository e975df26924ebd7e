"""Distances for recovery: consistency with one another, and with simulated mixtures."""

import numpy as np
import pytest
from scipy import stats
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.sim.limit import (
    detection_threshold,
    exact_recovery_distance,
    group_strength,
    max_groups_without_gap,
    minimax_exponent,
    optimal_two_group_error,
    weak_recovery_distance,
)


@pytest.mark.parametrize("k", [2, 6])
def test_weak_recovery_is_the_threshold_in_distances(k):
    """D^2 = 2 k s^2 sqrt(p / n), which is the strength sqrt(p / n)."""
    ratio = np.array([0.1, 1.0, 7.0])
    distance = weak_recovery_distance(ratio, n_groups=k, noise=1.5)
    np.testing.assert_allclose(distance**2, 2 * k * 1.5**2 * np.sqrt(ratio))
    np.testing.assert_allclose(group_strength(distance, n_groups=k, noise=1.5), detection_threshold(ratio))


def test_exact_recovery_is_where_the_minimax_exponent_is_log_n():
    """At the threshold the expected number of errors n exp(-r) is 1: Ndaoud's line is r = log n."""
    cells, genes = np.array([100, 1000, 50_000])[:, None], np.array([1, 2000, 10**6])
    strength = group_strength(exact_recovery_distance(cells, genes, noise=3.0), noise=3.0)
    np.testing.assert_allclose(minimax_exponent(strength, genes / cells), np.broadcast_to(np.log(cells), (3, 3)))


def test_few_genes_give_classical_rates():
    """Without the cost of dimension r = D^2 / 8, the exponent of Phi(-D / 2), and exact recovery is D^2 = 8 log n."""
    assert minimax_exponent(group_strength(4.0), 0.0) == pytest.approx(16 / 8)
    assert -stats.norm.logcdf(-30.0) / minimax_exponent(900.0, 0.0) == pytest.approx(1, abs=0.02)
    assert exact_recovery_distance(10**6, 1) ** 2 == pytest.approx(8 * np.log(10**6), rel=1e-6)
    assert minimax_exponent(0.0, 0.0) == 0


def test_the_exponent_is_that_of_the_optimal_error():
    """As the signal grows, the log of the optimal error over the exponent tends to -1, for few and many genes."""
    for ratio in (0.5, 50.0):
        error = optimal_two_group_error([20.0, 60.0], ratio)
        quotients = -np.log(error) / minimax_exponent([20.0, 60.0], ratio)
        assert (quotients > 1).all()
        assert quotients[1] < quotients[0]
        assert quotients[1] == pytest.approx(1, abs=0.3)


def exact_share(rng, *, factor, n_cells, n_genes, repeats):
    """Share of data sets labelled without error: by an oracle that knows all other labels, and by Lloyd."""
    labels = np.repeat([1.0, -1.0], n_cells // 2)
    norm = factor * exact_recovery_distance(n_cells, n_genes) / 2
    oracle, lloyd = 0, 0
    for _ in range(repeats):
        centre = rng.normal(size=n_genes)
        x = labels[:, None] * (norm * centre / np.linalg.norm(centre)) + rng.normal(size=(n_cells, n_genes))
        gram = x @ x.T
        np.fill_diagonal(gram, 0)
        oracle += bool((labels * (gram @ labels) > 0).all())
        found = np.sign(np.linalg.eigh(gram)[1][:, -1])
        for _ in range(10):
            found = np.sign(gram @ found)
        lloyd += abs(found @ labels) == n_cells
    return oracle / repeats, lloyd / repeats


def test_exact_recovery_changes_at_the_line(rng):
    """At half the distance even an oracle errs in every data set; at 1.4 times Lloyd's iterations never do."""
    with threadpool_limits(1):
        oracle_below, _ = exact_share(rng, factor=0.5, n_cells=200, n_genes=1000, repeats=15)
        _, lloyd_above = exact_share(rng, factor=1.4, n_cells=200, n_genes=1000, repeats=15)
    assert oracle_below == 0
    assert lloyd_above == 1


def test_groups_without_a_gap():
    """4 + 2 sqrt(n / p): six groups with as many cells as genes, towards four with many genes."""
    np.testing.assert_allclose(max_groups_without_gap([1.0, 1e8]), [6.0, 4.0002])


def test_refusals_name_the_place():
    """Fewer than two cells, no genes, a ratio of 0 where it divides."""
    with pytest.raises(UsageError, match=r"(?s)n_cells holds 1.*exact_recovery_distance"):
        exact_recovery_distance(1, 10)
    with pytest.raises(UsageError, match=r"(?s)n_genes holds 0.*exact_recovery_distance"):
        exact_recovery_distance(10, 0)
    with pytest.raises(UsageError, match=r"(?s)aspect_ratio holds 0.*max_groups_without_gap"):
        max_groups_without_gap(0.0)
    with pytest.raises(UsageError, match=r"(?s)strength holds -1.*minimax_exponent"):
        minimax_exponent(-1.0, 1.0)
