"""What every score obeys, read from its record: a new score inherits these obligations."""

import itertools
import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from rashomon.score import SCORES, agreement_matrix, score
from tests.strategies import labeling_pairs

COMPARED = [record for record in SCORES.values() if record.against == "truth"]
ALONE = [record for record in SCORES.values() if record.against != "truth"]
BULK = [record for record in COMPARED if record.bulk]
every_score = pytest.mark.parametrize("record", SCORES.values(), ids=lambda record: record.name)
every_comparison = pytest.mark.parametrize("record", COMPARED, ids=lambda record: record.name)
every_bulk_score = pytest.mark.parametrize("record", BULK, ids=lambda record: record.name)
every_score_alone = pytest.mark.parametrize("record", ALONE, ids=lambda record: record.name)
seeds = st.integers(0, 2**32 - 1)


def material(record, a, b, rng):
    """Return all that a score may need, for the same items."""
    upper = sp.triu(sp.random(a.size, a.size, density=0.3, random_state=rng), k=1)
    nearest = np.array([[i, *rng.permutation(np.delete(np.arange(a.size), i))[:3]] for i in range(a.size)])
    everything = {
        "b": b,
        "view": rng.normal(size=(a.size, 3)),
        "graph": (upper + upper.T).tocsr(),
        "neighbours": nearest if a.size else np.empty((0, 4), dtype=int),
    }
    return {name: everything[name] for name in everything if name == record.needs or (name == "b" and record.against)}


def take(needs, order):
    """Return the material for the items in another order, or for some of them; no neighbour is -1."""

    def neighbours(value):
        place = np.full(value.shape[0] + 1, -1)
        place[order] = np.arange(order.size)
        return place[value[order]]

    special = {"graph": lambda value: value[order][:, order], "neighbours": neighbours}
    return {name: special.get(name, lambda value: value[order])(value) for name, value in needs.items()}


def double(needs, n):
    """Return the material for every item twice, copies side by side; an item's copy is its nearest neighbour."""
    twice = np.repeat(np.arange(n), 2)

    def neighbours(value):
        copies = np.stack([2 * value, 2 * value + 1], axis=2).reshape(n, -1)
        other = copies.copy()
        other[:, [0, 1]] = copies[:, [1, 0]]
        return np.stack([copies, other], axis=1).reshape(2 * n, -1)[:, : value.shape[1]]

    special = {"graph": lambda value: value[twice][:, twice], "neighbours": neighbours}
    return {name: special.get(name, lambda value: value[twice])(value) for name, value in needs.items()}


def labelings_of(n):
    """Every way to group n items, once."""
    grown = [[0]]
    for _ in range(n - 1):
        grown = [[*codes, new] for codes in grown for new in range(max(codes) + 2)]
    return [np.array(codes) for codes in grown]


FOUR = list(itertools.product(labelings_of(4), repeat=2))
"""Every pair of labelings of four items: 225."""


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
def test_symmetry_is_declared_as_it_is(record):
    """Of all pairs of labelings of four items, none changes when swapped, or one does where the record says no."""
    apart = [[score(record, a, b).value, score(record, b, a).value] for a, b in FOUR]
    assert bool(np.allclose(*np.transpose(apart), atol=1e-12, equal_nan=True)) == record.symmetric


@every_score_alone
def test_a_score_of_one_labeling_is_not_symmetric(record):
    """There is nothing to swap."""
    assert not record.symmetric


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
@given(pair=labeling_pairs(lowest=0, min_size=5, max_size=15), seed=seeds)
def test_doubling_every_item(record, pair, seed):
    """Where the record says so, a data set with every item twice has the same score."""
    a, b = pair
    needs = material(record, a, b, np.random.default_rng(seed))
    one, other = score(record, a, **needs), score(record, np.repeat(a, 2), **double(needs, a.size))
    # all singletons are undefined, and all pairs of twins are not
    if record.duplication_invariant and one.status == other.status == "ok":
        assert one.value == pytest.approx(other.value, abs=1e-12)


@every_score
def test_doubling_is_declared_as_it_is(record):
    """Of 40 small data sets none changes when every item occurs twice, or one does where the record says no."""
    rng = np.random.default_rng(2)
    apart = []
    for _ in range(40):
        a, b = rng.integers(3, size=8), rng.integers(3, size=8)
        needs = material(record, a, b, rng)
        apart.append([score(record, a, **needs).value, score(record, np.repeat(a, 2), **double(needs, 8)).value])
    found = np.array(apart)[~np.isnan(apart).any(axis=1)]
    assert found.shape[0] > 20
    assert bool(np.allclose(*found.T, atol=1e-12)) == record.duplication_invariant


@every_score
def test_correction_for_chance_is_declared_as_it_is(record):
    """Over all orders of the labels of six items the mean is the chance level, whatever the cluster sizes.

    Where the record says that nothing was corrected, the mean depends on the sizes.
    """
    rng, means = np.random.default_rng(5), []
    other = np.array([0, 0, 0, 1, 1, 1])
    needs = material(record, other, other, rng)
    for codes in ([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 1, 2]):
        orders = sorted(set(itertools.permutations(codes)))
        values = np.array([score(record, np.array(order), **needs).value for order in orders])
        # some scores have no value for some of the orders, or of the sizes
        means += [values[~np.isnan(values)].mean()] if np.isfinite(values).any() else []
    assert len(means) > 1
    if record.chance_corrected:
        assert means == pytest.approx([record.chance] * len(means), abs=1e-12)
    else:
        assert np.ptp(means) > 1e-3


@every_bulk_score
@given(pair=labeling_pairs(min_size=0), third=st.integers(-2, 3))
def test_bulk_values_equal_single_ones(record, pair, third):
    """Whatever the labelings: a score of all pairs at once differs from pair by pair by rounding only."""
    labels = np.stack([*pair, np.full(pair[0].size, third)], axis=1)
    for unassigned in ("singletons", "left_out"):
        matrix = agreement_matrix(labels, scores=[record], unassigned=unassigned)[record.name]
        single = [[score(record, x, y, unassigned=unassigned).value for y in labels.T] for x in labels.T]
        np.testing.assert_allclose(matrix, single, atol=1e-11, rtol=0)


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


@pytest.mark.parametrize(
    "record", [record for record in ALONE if record.against is None], ids=lambda record: record.name
)
def test_planted_clusters_score_better_than_shuffled_ones(record):
    """On a view and a graph with planted groups, the groups beat the same labels shuffled."""
    rng = np.random.default_rng(4)
    truth = np.arange(120) % 3
    inside = (truth[:, None] == truth).astype(float)
    planted = {
        "view": np.eye(3)[truth] * 5 + rng.normal(size=(120, 3)),
        "graph": sp.csr_matrix(inside + 0.05 - np.diag(np.full(120, 1.05))),
        "neighbours": (np.arange(120)[:, None] + [0, 3, 6, 1, 9]) % 120,
    }
    needs = {record.needs: planted[record.needs]}
    found, shuffled = (score(record, labels, **needs).value for labels in (truth, rng.permutation(truth)))
    assert (found - shuffled) * record.direction > 0.3
