"""Half-samples: the fast tables equal the slow way, draws are paired, intervals are honest about what is missing."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from rashomon.core import UsageError
from rashomon.score import SCORES, half_sample_draws, half_sample_interval, half_splits, interval_around, score
from rashomon.score.contingency import tabulate
from rashomon.score.halfsample import HalfSampleInterval

PAIRWISE = [name for name, record in SCORES.items() if record.needs == "labels"]


def labelings(rng, n=300, lowest=-2):
    truth = rng.integers(lowest, 4, n)
    return np.where(rng.random(n) < 0.7, truth, rng.integers(lowest, 4, n)), truth


@pytest.mark.parametrize("name", PAIRWISE)
@pytest.mark.parametrize("unassigned", ["singletons", "left_out"])
def test_fast_tables_equal_scoring_each_half(name, unassigned, rng):
    """Counting pairs of clusters per half gives what scoring the items of that half gives."""
    a, b = labelings(rng)
    fast = half_sample_draws(name, [(a, b)], n_pairs=4, unassigned=unassigned, rng=np.random.default_rng(1))[:, 0]
    kept = (a > -2) & (b > -2)
    splits = half_splits(int(kept.sum()), n_pairs=4, rng=np.random.default_rng(1))
    halves = [split == half for split in splits for half in (0, 1)]
    slow = [score(name, a[kept][half], b[kept][half], unassigned=unassigned).value for half in halves]
    assert fast == pytest.approx(slow, abs=1e-14)


def test_a_function_sees_the_same_halves(rng):
    """A plain function of two labelings gives the draws of the record behind it."""
    a, b = labelings(rng)
    own = half_sample_draws(
        lambda a, b: SCORES["ari"].call(tabulate(a, b)), [(a, b)], n_pairs=5, rng=np.random.default_rng(2)
    )
    assert np.array_equal(own, half_sample_draws("ari", [(a, b)], n_pairs=5, rng=np.random.default_rng(2)))


def test_all_pairs_share_their_halves(rng):
    """The same pair twice gives the same column; a truth against itself is always 1."""
    a, b = labelings(rng, lowest=0)
    draws = half_sample_draws("ami", [(a, b), (b, b), (a, b)], n_pairs=10, rng=rng)
    assert draws.shape == (20, 3)
    assert np.array_equal(draws[:, 0], draws[:, 2])
    assert draws[:, 1] == pytest.approx(1.0, abs=1e-12)
    assert np.unique(draws[:, 0]).size > 10


def test_undefined_halves_are_nan(rng):
    """A half with one cluster in both labelings has no value; it is not replaced."""
    a = np.array([0] * 9 + [1])
    draws = half_sample_draws("ari", [(a, a)], n_pairs=10, rng=rng).reshape(10, 2)
    assert (np.isnan(draws).sum(axis=1) == 1).all()


def test_blocks_are_kept_whole(rng):
    """With 8 blocks of 10 items, each of its own class, every half holds 4 whole classes."""
    blocks = np.repeat(np.arange(8), 10)

    def count(a, b):
        assert np.array_equal(a, b)
        return float(100 * np.unique(a).size + a.size)

    assert (half_sample_draws(count, [(blocks, blocks)], n_pairs=5, blocks=blocks, rng=rng) == 440).all()


def test_the_interval_is_that_of_a_mean(rng):
    """For the share of agreeing items the ends are those of theory: 1.96 sqrt(p (1 - p) / n), to 20 %."""
    n = 2000
    b = np.zeros(n, dtype=int)
    a = (rng.random(n) < 0.3).astype(int)
    value = float((a == b).mean())
    interval = half_sample_interval(lambda a, b: float((a == b).mean()), a, b, n_pairs=400, rng=rng)
    expected = norm.ppf(0.975) * np.sqrt(value * (1 - value) / n)
    assert interval.high - value == pytest.approx(expected, rel=0.2)
    assert value - interval.low == pytest.approx(expected, rel=0.2)
    assert interval.draws.shape == (800,)
    assert interval.reason == ""


def test_unequal_halves_are_scaled():
    """Of 7 donors the halves hold 3 and 4: deviations count sqrt(3/4) and sqrt(4/3), and Student's quantile widens."""
    interval = interval_around(0.0, np.array([1.0, -1.0]), level=0.999, n_units=7)
    ends = np.quantile([-np.sqrt(4 / 3), np.sqrt(3 / 4)], [0.0005, 0.9995])
    widened = student.ppf(0.9995, 6) / norm.ppf(0.9995)
    assert (interval.low, interval.high) == pytest.approx(tuple(ends * widened))


def test_few_blocks_give_no_interval_and_say_why(rng):
    """Five donors are too few; six are not."""
    a, b = labelings(rng, lowest=0)
    five, six = np.arange(300) % 5, np.arange(300) % 6
    none = half_sample_interval("ari", a, b, blocks=five, rng=rng)
    assert np.isnan([none.low, none.high]).all()
    assert none.draws.size == 0
    assert none.reason == "no interval: 5 blocks (donors), fewer than 6"
    assert half_sample_interval("ari", a, b, blocks=six, rng=rng).reason == ""


def test_items_without_a_block_are_left_out(rng):
    """The value in the middle is that of the items with a donor."""
    a, b = labelings(rng, lowest=0)
    blocks = np.arange(300) % 10
    blocks[:60] = -2
    found = half_sample_interval("ari", a, b, blocks=blocks, n_pairs=20, rng=np.random.default_rng(4))
    alone = half_sample_interval("ari", a[60:], b[60:], blocks=blocks[60:], n_pairs=20, rng=np.random.default_rng(4))
    assert found[:2] == alone[:2]


def test_an_undefined_score_has_no_interval(rng):
    """On all items, or in too many halves: the reason says which."""
    same = np.zeros(20, dtype=int)
    assert half_sample_interval("ari", same, same, rng=rng).reason == "no interval: undefined on all items"
    rare = np.array([0] * 19 + [1])
    reason = half_sample_interval("ari", rare, rare, rng=rng).reason
    assert reason == "no interval: undefined in 100 of 200 half-samples"
    nothing = np.full(4, -2)
    assert half_sample_interval("ari", nothing, nothing, rng=rng).reason == "no interval: fewer than two items"


def test_the_interval_narrows_with_more_items(rng):
    """Sixteen times the items: a quarter of the width, to 40 %."""
    widths = []
    for n in (500, 8000):
        a, b = labelings(rng, n=n, lowest=0)
        interval = half_sample_interval("ari", a, b, rng=rng)
        assert isinstance(interval, HalfSampleInterval)
        widths.append(interval.high - interval.low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.4)


def test_a_level_outside_zero_and_one_is_refused():
    """95 instead of 0.95 is caught."""
    with pytest.raises(UsageError, match="level is 95"):
        interval_around(0.5, np.array([0.4, 0.6]), level=95, n_units=10)


def test_scores_that_need_more_than_labels_are_refused(rng):
    """A silhouette cannot be computed from labels of half-samples."""
    a, b = labelings(rng)
    with pytest.raises(UsageError, match="silhouette is not computable: needs view"):
        half_sample_draws("silhouette", [(a, b)], rng=rng)


def test_all_labelings_must_have_the_same_items(rng):
    """One pair of another length is an error, before anything is drawn."""
    a, b = labelings(rng)
    with pytest.raises(UsageError, match="the parts have 300 and 299 items"):
        half_sample_draws("ari", [(a, b), (a[1:], b[1:])], rng=rng)


def _population(rng):
    """Draw a labeling and a truth of 500 items from fixed probabilities."""
    truth = rng.choice(3, size=500, p=[0.6, 0.3, 0.1])
    return np.where(rng.random(500) < 0.75, truth, rng.integers(3, size=500)), truth


def test_intervals_cover_the_expected_score():
    """Of 80 nominal 95 % intervals for ARI at least 69 cover its expectation (false alarms below 1 in 1,000)."""
    rng = np.random.default_rng(11)
    expected = np.mean([score("ari", *_population(rng)).value for _ in range(3000)])
    intervals = [half_sample_interval("ari", *_population(rng), n_pairs=50, rng=rng) for _ in range(80)]
    covered = sum(interval.low <= expected <= interval.high for interval in intervals)
    assert covered >= 69
