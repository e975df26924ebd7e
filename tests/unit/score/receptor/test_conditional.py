import itertools

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from rashomon.core import UsageError
from rashomon.score.receptor.conditional import conditional_agreement


def information(a, c, b):
    """I(C; A | B) from scikit-learn, stratum by stratum; unclustered receptors as clusters of their own."""
    c = np.where(c < 0, 1000 + np.arange(c.size), c)
    return sum((b == s).mean() * mutual_info_score(a[b == s], c[b == s]) for s in np.unique(b))


def by_definition(c, a, b):
    """The formula with all permutations of `a` within strata of `b`."""
    groups = [np.flatnonzero(b == s) for s in np.unique(b)]
    values = []
    for parts in itertools.product(*(itertools.permutations(g) for g in groups)):
        moved = np.empty_like(a)
        moved[np.concatenate(groups)] = a[np.concatenate(parts)]
        values.append(information(moved, c, b))
    expected = np.mean(values)
    return (information(a, c, b) - expected) / (information(a, a, b) - expected)


def test_equals_the_definition_over_all_permutations(rng):
    """With many permutations the value approaches that of all of them, unclustered receptors included."""
    a = np.array([0, 0, 1, 1, 2, 0, 1, 1])
    b = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    c = np.array([3, 3, 3, 1, 1, 1, 1, -1])
    found = conditional_agreement(c, a, b, n_permutations=5000, n_pairs=0, min_paired=2, rng=rng)
    assert found.value == pytest.approx(by_definition(c, a, b), abs=0.02)
    assert (found.n_items, found.n_strata, found.n_movable) == (8, 2, 8)


def test_determined_is_one_and_constant_within_strata_is_zero(rng):
    """Clusters that are the classes give 1; clusters that are the strata give 0 up to the noise of the mean."""
    b, a = rng.integers(0, 5, 500), rng.integers(0, 4, 500)
    assert conditional_agreement(a, a, b, rng=rng).value == pytest.approx(1.0)
    assert conditional_agreement(b, a, b, rng=rng).value == pytest.approx(0.0, abs=1e-9)


def test_what_the_strata_explain_does_not_count(rng):
    """Clusters that follow V agree with an epitope that follows V, and no longer within V."""
    v = rng.integers(0, 4, 2000)
    epitope = np.where(rng.random(2000) < 0.7, v, rng.integers(0, 4, 2000))
    labels = np.where(rng.random(2000) < 0.7, v, rng.integers(0, 4, 2000))
    everything = conditional_agreement(labels, epitope, np.zeros(2000, dtype=int), n_pairs=0, rng=rng)
    within = conditional_agreement(labels, epitope, v, n_pairs=0, rng=rng)
    assert everything.value > 0.1
    assert everything.p == pytest.approx(1 / 101)
    assert abs(within.value) < 0.02


def test_items_without_class_cluster_information_or_stratum_are_left_out(rng):
    """Negative truth, stratum or donor, and unobserved receptors, change nothing."""
    a, b, c = rng.integers(0, 3, 200), rng.integers(0, 3, 200), rng.integers(0, 9, 200)
    more = [np.append(x, extra) for x, extra in ((c, [1, 1, -2]), (a, [-1, 0, 0]), (b, [0, -1, 0]))]
    first = conditional_agreement(c, a, b, n_pairs=5, rng=np.random.default_rng(1))
    second = conditional_agreement(*more, n_pairs=5, rng=np.random.default_rng(1))
    assert (first.value, first.low, first.n_items) == (second.value, second.low, second.n_items)


def test_a_truth_of_donors_with_one_donor_per_stratum_cannot_be_told(rng):
    """Nothing could change places, so there is no value; with two donors per stratum there is one."""
    donor = np.repeat(np.arange(8), 25)
    hla, labels = donor % 2, rng.integers(0, 10, 200)
    alone = conditional_agreement(labels, hla, donor, blocks=donor, rng=rng)
    assert np.isnan(alone.value)
    assert alone.reason == "the truth is one per donor, and donors of no stratum differ in it"
    shared = conditional_agreement(labels, hla, donor // 2, blocks=donor, n_pairs=5, rng=rng)
    assert np.isfinite(shared.value)


def test_donors_change_places_as_a_whole(rng):
    """Clusters that only follow donors agree with a truth of donors by chance alone when donors are permuted.

    Permuting receptors would call the same clusters far better than chance.
    """
    donor = np.repeat(np.arange(12), 40)
    truth, none = rng.permutation(np.repeat([0, 1], 6))[donor], np.zeros(480, dtype=int)
    donors = conditional_agreement(donor, truth, none, blocks=donor, n_pairs=0, rng=rng)
    single = conditional_agreement(donor, truth, none, n_pairs=0, rng=rng)
    # every permutation of donors is determined by the clusters too, so nothing is left to be explained
    assert np.isnan(donors.value)
    assert donors.reason.startswith("no cluster holds two receptors")
    assert single.value == pytest.approx(1.0)


def test_few_donors_bound_the_p_value(rng):
    """Six donors, three of each class: 20 ways, so that p cannot be below 0.05."""
    donor = np.repeat(np.arange(6), 20)
    found = conditional_agreement(
        rng.integers(0, 8, 120), donor % 2, np.zeros(120, dtype=int), blocks=donor, n_permutations=200, rng=rng
    )
    assert found.smallest_p == pytest.approx(0.05)
    assert conditional_agreement(donor, donor % 2, np.zeros(120, dtype=int), rng=rng).smallest_p == pytest.approx(
        1 / 101
    )


def test_interval_holds_the_value_and_needs_six_donors(rng):
    """With clusters as units there is an interval; with five donors there is none, with the reason."""
    a, b = rng.integers(0, 3, 400), rng.integers(0, 3, 400)
    labels = a * 50 + rng.integers(0, 50, 400)
    found = conditional_agreement(labels, a, b, rng=rng)
    assert found.low <= found.value <= found.high
    few = conditional_agreement(labels, a, b, blocks=np.arange(400) % 5, rng=rng)
    assert few.reason == "no interval: 5 blocks (donors), fewer than 6"
    assert np.isfinite(few.value)


@pytest.mark.parametrize(
    ("labels", "truth", "strata", "reason"),
    [
        ([0, 0], [-1, -1], [0, 0], "no receptor with a label, a stratum and a donor"),
        ([0, 0], [1, 1], [0, 0], "fewer than two labels"),
        ([0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], "the strata determine the truth"),
        (
            [0, 1, -1, -1], [0, 1, 0, 1], [0, 0, 1, 1],
            "no cluster holds two receptors of one stratum whose labels could change places",
        ),
    ],
)  # fmt: skip
def test_undefined_cases_have_their_reason(labels, truth, strata, reason, rng):
    """Nothing labelled, one label, strata that determine it, clusters of one: NaN, and why."""
    found = conditional_agreement(*map(np.array, (labels, truth, strata)), rng=rng)
    assert np.isnan(found.value)
    assert found.reason == reason


def test_vectors_of_other_receptors_are_refused(rng):
    """All vectors speak about the same receptors."""
    with pytest.raises(UsageError, match="4 and 3 items"):
        conditional_agreement(np.zeros(4, dtype=int), np.zeros(3, dtype=int), np.zeros(4, dtype=int), rng=rng)


def test_few_receptors_that_share_a_cluster_say_nothing(rng):
    """Three pairs that agree perfectly are no statement; with as many as are asked for, they are."""
    labels, donor = np.r_[np.repeat([0, 1, 2], 2), np.full(94, -1)], np.r_[np.repeat([0, 1, 2], 2), np.arange(94) % 4]
    none = np.zeros(100, dtype=int)
    found = conditional_agreement(labels, donor, none, n_pairs=0, rng=rng)
    assert np.isnan(found.value)
    assert (found.n_paired, found.reason) == (
        6,
        "6 receptors share cluster and stratum with another, too few: at least 10",
    )
    assert found.p < 0.05
    assert conditional_agreement(labels, donor, none, n_pairs=0, min_paired=6, rng=rng).value == pytest.approx(1.0)


def test_an_interval_wider_than_the_scale_says_nothing(rng):
    """Few pairs of one stratum in many halves: the numbers go into the reason, and no value is given."""
    labels, truth = np.repeat(np.arange(8), 2), rng.integers(0, 2, 16)
    found = conditional_agreement(labels, truth, np.zeros(16, dtype=int), rng=rng)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert "is wider than the scale from 0 to 1" in found.reason


def test_labels_that_avoid_each_other_are_no_negative_agreement(rng):
    """Clusters with one of each donor, by construction, lie below chance: that is said in place of a value."""
    labels, donor = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    found = conditional_agreement(labels, donor, np.zeros(240, dtype=int), rng=rng)
    assert np.isnan(found.value)
    assert "lies below chance by more than noise" in found.reason
