import numpy as np
import pytest

from rashomon.sim.repertoire_realism.interval import MIN_DONORS, distance_ratio


def people(rng, n, *, shift=0.0):
    """Distances of people on a line, and of a candidate in their middle."""
    at = rng.normal(size=n)
    return np.abs(at - shift), np.abs(at[:, None] - at[None, :])


def test_ratio_is_of_means(rng):
    """Mean distance to people by mean distance of pairs, chance taken from both; the diagonal is not read."""
    near, between = people(rng, 8)
    pairs = between[np.triu_indices(8, 1)]
    np.fill_diagonal(between, 99.0)
    found = distance_ratio(near + 0.5, between + 0.5, chance=0.5, rng=rng)
    assert found.value == pytest.approx(near.mean() + 0.5)
    assert found.reference == pytest.approx(pairs.mean() + 0.5)
    assert found.ratio == pytest.approx(near.mean() / pairs.mean())
    assert found.low < found.ratio < found.high


def test_few_people_have_no_interval(rng):
    """One fewer than needed, and the ends are NaN while the ratio stays."""
    found = distance_ratio(*people(rng, MIN_DONORS - 1), chance=0.0, rng=rng)
    assert np.isnan([found.low, found.high]).all()
    assert np.isfinite(found.ratio)


def test_people_who_do_not_differ_have_no_ratio(rng):
    """Division by nothing is undefined, never 1."""
    found = distance_ratio(np.ones(6), np.zeros((6, 6)), chance=0.0, rng=rng)
    assert np.isnan([found.ratio, found.low, found.high]).all()
    assert (found.value, found.reference) == (1.0, 0.0)


def test_scale_is_nothing(rng):
    """Ratio and interval of distances ten times as large are the same."""
    near, between = people(rng, 9)
    a = distance_ratio(near, between.copy(), chance=0.0, rng=np.random.default_rng(1))
    b = distance_ratio(10 * near, 10 * between, chance=0.0, rng=np.random.default_rng(1))
    assert (a.ratio, a.low, a.high) == pytest.approx((b.ratio, b.low, b.high))


def test_intervals_cover(rng):
    """Candidate in the middle of Gaussian people: the ratio is 1 / sqrt 2; at least 90 % of 200 intervals have it."""
    truth = np.sqrt(1 / 2)
    hits = []
    for _ in range(200):
        found = distance_ratio(*people(rng, 8), chance=0.0, rng=rng)
        hits.append(found.low <= truth <= found.high)
    assert np.mean(hits) >= 0.9
