"""What every score obeys, read from its record: a new score inherits these obligations."""

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from rashomon.score import SCORES, score
from tests.strategies import labeling_pairs

COMPARED = [record for record in SCORES.values() if record.against is not None]
ALONE = [record for record in SCORES.values() if record.against is None]
every_score = pytest.mark.parametrize("record", SCORES.values(), ids=lambda record: record.name)
every_comparison = pytest.mark.parametrize("record", COMPARED, ids=lambda record: record.name)
every_score_alone = pytest.mark.parametrize("record", ALONE, ids=lambda record: record.name)
seeds = st.integers(0, 2**32 - 1)


def material(record, a, b, rng):
    """Return all that a score may need, for the same items."""
    upper = sp.triu(sp.random(a.size, a.size, density=0.3, random_state=rng), k=1)
    everything = {"b": b, "view": rng.normal(size=(a.size, 3)), "graph": (upper + upper.T).tocsr()}
    wanted = {"b": record.against is not None, "view": record.needs == "view", "graph": record.needs == "graph"}
    return {name: value for name, value in everything.items() if wanted[name]}


def take(needs, order):
    """Return the material for the items in another order, or twice."""
    square = {"graph": lambda value: value[order][:, order]}
    return {name: square.get(name, lambda value: value[order])(value) for name, value in needs.items()}


def rename(codes, rng):
    """Give the clusters other numbers; the negative codes stay."""
    name = rng.permutation(20)
    return np.where(codes >= 0, name[np.maximum(codes, 0)], codes)


def equal(one, other):
    assert one.status == other.status
    assert one.value == pytest.approx(other.value, abs=1e-9, nan_ok=True)
    assert (one.n_obs, one.n_a, one.n_b) == (other.n_obs, other.n_a, other.n_b)


@every_score
@given(pair=labeling_pairs(), seed=seeds)
def test_names_of_clusters_do_not_matter(record, pair, seed):
    """Relabelling either labeling changes nothing."""
    rng = np.random.default_rng(seed)
    a, b = pair
    needs = material(record, a, b, rng)
    renamed = needs | ({"b": rename(b, rng)} if "b" in needs else {})
    equal(score(record, a, **needs), score(record, rename(a, rng), **renamed))


@every_score
@given(pair=labeling_pairs(), seed=seeds)
def test_order_of_items_does_not_matter(record, pair, seed):
    """Permuting the items, with their view and graph, changes nothing."""
    rng = np.random.default_rng(seed)
    a, b = pair
    needs, order = material(record, a, b, rng), rng.permutation(a.size)
    equal(score(record, a, **needs), score(record, a[order], **take(needs, order)))


@every_score
@given(pair=labeling_pairs(), seed=seeds)
def test_unobserved_items_do_not_matter(record, pair, seed):
    """Items with -2 on either side can as well be absent."""
    rng = np.random.default_rng(seed)
    a, b = pair
    needs = material(record, a, b, rng)
    kept = np.flatnonzero((a > -2) & ((b > -2) if "b" in needs else True))
    equal(score(record, a, **needs), score(record, a[kept], **take(needs, kept)))


@every_score
@given(pair=labeling_pairs(), seed=seeds)
def test_left_out_equals_unobserved(record, pair, seed):
    """The assigned-only value is the value with every -1 turned into -2."""
    a, b = pair
    needs = material(record, a, b, np.random.default_rng(seed))
    hidden = needs | ({"b": np.where(b < 0, -2, b)} if "b" in needs else {})
    one = score(record, a, **needs, unassigned="left_out")
    equal(one, score(record, np.where(a < 0, -2, a), **hidden))


@every_score
@given(pair=labeling_pairs(), seed=seeds)
def test_values_lie_in_the_declared_range(record, pair, seed):
    """Defined values are in range; undefined ones are NaN with a reason, never 1.0 or 0.0."""
    a, b = pair
    result = score(record, a, **material(record, a, b, np.random.default_rng(seed)))
    if result.status == "ok":
        low, high = record.range
        assert low - 1e-12 <= result.value <= high + 1e-12
        assert result.reason == ""
    else:
        assert math.isnan(result.value)
        assert result.reason


@every_comparison
@given(pair=labeling_pairs())
def test_symmetric_scores_can_be_swapped(record, pair):
    """Where the record says symmetric, a and b are interchangeable."""
    if record.symmetric:
        one, other = score(record, *pair), score(record, *pair[::-1])
        assert one.status == other.status
        assert one.value == pytest.approx(other.value, abs=1e-12, nan_ok=True)


@every_comparison
def test_swapping_changes_the_others(record):
    """The field says no only where an example shows it."""
    split, whole = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 0, 0, 1, 1, 1])
    apart = abs(score(record, split, whole).value - score(record, whole, split).value)
    assert (apart < 1e-12) == record.symmetric


@every_score_alone
def test_a_score_of_one_labeling_is_not_symmetric(record):
    """There is nothing to swap, and nothing that chance could agree with."""
    assert not record.symmetric
    assert record.chance is None


@every_comparison
@given(pair=labeling_pairs(lowest=-1, min_size=2), seed=seeds)
def test_identical_labelings_reach_the_best_value(record, pair, seed):
    """A labeling compared with itself under other names is perfect, or undefined, and never in between.

    Singletons of unassigned items are clusters like others: the same item is alone in both.
    """
    a = pair[0]
    result = score(record, a, rename(a, np.random.default_rng(seed)))
    best = record.range[1] if record.direction > 0 else record.range[0]
    assert result.status == "undefined" or result.value == pytest.approx(best, abs=1e-12)


@every_score
@given(pair=labeling_pairs(lowest=0, min_size=2, max_size=15), seed=seeds)
def test_doubling_every_item(record, pair, seed):
    """Where the record says so, a data set with every item twice has the same score."""
    a, b = pair
    needs, twice = material(record, a, b, np.random.default_rng(seed)), np.repeat(np.arange(a.size), 2)
    one, other = score(record, a, **needs), score(record, a[twice], **take(needs, twice))
    # all singletons are undefined, and all pairs of twins are not
    if record.duplication_invariant and one.status == other.status == "ok":
        assert one.value == pytest.approx(other.value, abs=1e-12)


@every_score
def test_doubling_changes_the_others(record):
    """The field says no only where an example shows it."""
    rng = np.random.default_rng(2)
    a, b = rng.integers(3, size=12), rng.integers(3, size=12)
    needs, twice = material(record, a, b, rng), np.repeat(np.arange(12), 2)
    one, other = score(record, a, **needs), score(record, a[twice], **take(needs, twice))
    assert (abs(one.value - other.value) < 1e-12) == record.duplication_invariant


@every_score
def test_degenerate_comparisons_are_undefined(record):
    """No item, one cluster in both, every item its own in both: no value, whatever the score."""
    rng = np.random.default_rng(0)
    for a in (np.full(6, -2), np.zeros(6, dtype=int), np.arange(6), np.full(6, -1), np.empty(0, dtype=int)):
        result = score(record, a, **material(record, a, a, rng))
        assert result.status == "undefined"
        assert math.isnan(result.value)
        assert result.reason


@every_comparison
def test_independent_labels_score_at_the_declared_chance(record):
    """The mean of 400 pairs of random labelings is within 4 standard errors of chance (false alarms: 1 in 15,000).

    Where no chance level is declared, the mean is far from 0, and moves with the number of clusters.
    """
    rng = np.random.default_rng(7)
    values = {few: [_random_value(record, few, rng) for _ in range(400)] for few in (True, False)}
    means = np.array([np.mean(found) for found in values.values()])
    errors = np.array([np.std(found) / 20 for found in values.values()])
    if record.chance is not None:
        assert (np.abs(means - record.chance) < 4 * errors).all()
    else:
        assert (means > 20 * errors).all()
        assert abs(means[0] - means[1]) > 20 * errors.max()


def _random_value(record, few, rng):
    low, high = (2, 5) if few else (8, 15)
    a, b = (rng.integers(rng.integers(low, high), size=120) for _ in range(2))
    return score(record, a, b).value


@every_comparison
def test_nearer_labelings_score_better(record):
    """More noise in a labeling means a worse value against the truth, in the declared direction."""
    rng = np.random.default_rng(3)
    truth = rng.integers(5, size=3000)
    noise = rng.integers(5, size=3000)
    values = [score(record, np.where(rng.random(3000) < p, noise, truth), truth).value for p in (0, 0.2, 0.5, 0.9)]
    assert (np.diff(values) * record.direction < 0).all()


@every_score_alone
def test_planted_clusters_score_better_than_shuffled_ones(record):
    """On a view and a graph with planted groups, the groups beat the same labels shuffled."""
    rng = np.random.default_rng(4)
    truth = np.arange(120) % 3
    inside = (truth[:, None] == truth).astype(float)
    planted = {
        "view": np.eye(3)[truth] * 5 + rng.normal(size=(120, 3)),
        "graph": sp.csr_matrix(inside + 0.05 - np.diag(np.full(120, 1.05))),
    }
    needs = {record.needs: planted[record.needs]}
    found, shuffled = (score(record, labels, **needs).value for labels in (truth, rng.permutation(truth)))
    assert (found - shuffled) * record.direction > 0.3
