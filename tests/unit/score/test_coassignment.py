"""Co-assignment: against plain counting; PAC: its interval covers, its null is matched."""

from itertools import combinations
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given

from rashomon.core import UsageError
from rashomon.score import ambiguous_share, co_assignment
from tests.strategies import partitions


@given(partitions(min_obs=2))
def test_rates_equal_counting(parts):
    """Unassigned items are with nobody, unobserved ones not in the count; left_out takes the first out too."""
    pairs = np.array(list(combinations(range(parts.n_obs), 2)))
    for unassigned, lowest in (("singletons", -1), ("left_out", 0)):
        found = co_assignment(parts.labels, pairs=pairs, unassigned=unassigned)
        a, b = parts.labels[pairs[:, 0]], parts.labels[pairs[:, 1]]
        seen = (a >= lowest) & (b >= lowest)
        together = seen & (a == b) & (a >= 0)
        np.testing.assert_array_equal(found.n_runs, seen.sum(axis=1))
        some = found.n_runs > 0
        np.testing.assert_allclose(found.rate[some], together.sum(axis=1)[some] / found.n_runs[some])
        assert np.isnan(found.rate[~some]).all()


def exact_pac(labels, low=0.1, high=0.9):
    """Over all pairs of items, from the matrix that is never made elsewhere."""
    rate = (labels[:, None, :] == labels[None, :, :]).mean(axis=2)[np.triu_indices(labels.shape[0], k=1)]
    return ((rate > low) & (rate <= high)).mean()


def test_interval_holds_the_share_over_all_pairs(rng):
    """In 100 draws the 95 % interval misses the exact share at most twice: Hoeffding's inequality is wide."""
    base = rng.integers(4, size=80)
    labels = np.stack([np.where(rng.random(80) < 0.3, rng.integers(4, size=80), base) for _ in range(8)], axis=1)
    exact = exact_pac(labels)
    draws = [ambiguous_share(labels, n_pairs=500, rng=rng) for _ in range(100)]
    assert sum(not found.low <= exact <= found.high for found in draws) <= 2
    values = [found.value for found in draws]
    assert abs(np.mean(values) - exact) < 4 * np.std(values) / 10
    assert draws[0].high - draws[0].value == pytest.approx(sqrt(log(2 / 0.05) / 1000))


def test_null_of_unrelated_runs_is_the_share_itself(rng):
    """Unrelated runs equal their permutations; related ones lie below."""
    unrelated = rng.integers(3, size=(300, 10))
    found = ambiguous_share(unrelated, rng=rng)
    assert abs(found.value - found.null) < 0.02
    same = np.tile(rng.integers(3, size=300)[:, None], 10)
    found = ambiguous_share(same, rng=rng)
    assert found.value == 0.0
    assert found.null > 0.5


def test_many_clusters_alone_lower_the_share(rng):
    """The known bias: 40 unrelated clusters look better than 4, and their null says so."""
    few, many = (ambiguous_share(rng.integers(k, size=(400, 10)), rng=rng) for k in (4, 40))
    assert many.value < few.value / 2
    assert many.null == pytest.approx(many.value, abs=0.02)


def test_bounds_are_above_and_at_most():
    """A rate of exactly the upper bound is ambiguous, of exactly the lower one not."""
    labels, rng = np.array([[0, 0], [0, 1], [1, 1]]), np.random.default_rng(0)
    assert ambiguous_share(labels, bounds=(0.1, 0.5), rng=rng).value == pytest.approx(2 / 3, abs=0.01)
    assert ambiguous_share(labels, bounds=(0.5, 0.9), rng=rng).value == 0.0


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (np.zeros((5, 3), dtype=int), "every run has one cluster, or every item its own"),
        (np.tile(np.arange(5)[:, None], 3), "every run has one cluster, or every item its own"),
        (np.full((5, 3), -2), "every run has one cluster, or every item its own"),
        (np.zeros((5, 1), dtype=int), "5 items in 1 runs: two of each are needed"),
        (np.zeros((0, 3), dtype=int), "0 items in 3 runs: two of each are needed"),
    ],
)
def test_runs_that_say_nothing_have_no_share(labels, reason, rng):
    """One cluster, singletons, nothing observed, one run: undefined, never 0."""
    found = ambiguous_share(labels, rng=rng)
    assert (found.status, found.reason) == ("undefined", reason)


def test_pairs_that_no_run_observed_are_counted(rng):
    """Halves that never meet: about half of the pairs have no rate."""
    labels = np.full((40, 2), -2)
    labels[:20, 0] = labels[20:, 1] = np.arange(20) % 2
    found = ambiguous_share(labels, n_pairs=1000, rng=rng)
    assert found.n_values + found.n_undefined == 1000
    assert 400 < found.n_undefined < 620


def test_wrong_settings_are_refused(rng):
    """Bounds the wrong way round, a level of 1, pairs of other items."""
    labels = np.array([[0, 0], [0, 1]])
    for settings in ({"bounds": (0.9, 0.1)}, {"level": 1.0}, {"n_pairs": 0}):
        with pytest.raises(UsageError, match="ascending bounds"):
            ambiguous_share(labels, **settings, rng=rng)
    with pytest.raises(UsageError, match="items that do not exist"):
        co_assignment(labels, pairs=np.array([[0, 2]]))
