import numpy as np
import pytest

from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.truth import shuffled


@pytest.fixture
def truth(rng):
    """300 labels in three classes, some missing, some unassigned."""
    return Truth("t", "annotation", rng.integers(-2, 3, size=300), ("a", "b", "c"), "protein")


def test_classes_keep_their_sizes(truth, rng):
    """Only the items change."""
    control = shuffled(truth, rng=rng)
    np.testing.assert_array_equal(np.bincount(control.codes + 2), np.bincount(truth.codes + 2))
    assert not np.array_equal(control.codes, truth.codes)


def test_items_without_class_stay_where_they_are(truth, rng):
    """So coverage is that of the truth."""
    control = shuffled(truth, rng=rng)
    np.testing.assert_array_equal(control.codes[truth.codes < 0], truth.codes[truth.codes < 0])


def test_the_control_says_what_it_is(truth, rng):
    """Its name tells it apart, and it is derived from no data."""
    control = shuffled(truth, rng=rng)
    assert (control.name, control.kind, control.derived_from) == ("t (shuffled)", "annotation", None)


def test_strata_keep_their_composition(truth, rng):
    """Inside each stratum the same labels remain, also for items of no stratum."""
    strata = rng.integers(-2, 4, size=300)
    control = shuffled(truth, within=strata, rng=rng)
    for members in [strata == stratum for stratum in range(4)] + [strata < 0]:
        np.testing.assert_array_equal(np.sort(control.codes[members]), np.sort(truth.codes[members]))
    assert not np.array_equal(control.codes, truth.codes)


def test_a_stratum_per_item_leaves_no_freedom(truth, rng):
    """Nothing can move."""
    np.testing.assert_array_equal(shuffled(truth, within=np.arange(300), rng=rng).codes, truth.codes)


def test_one_stream_gives_one_control(truth):
    """The permutation is that of the generator."""
    first, second = (shuffled(truth, rng=np.random.default_rng(4)) for _ in range(2))
    assert first.digest == second.digest


def test_the_control_agrees_with_the_truth_by_chance_only(rng):
    """ARI of 300 items in three classes has a standard deviation below 0.01 by chance; 0.05 is five of them."""
    truth = Truth("t", "annotation", rng.integers(0, 3, size=300), ("a", "b", "c"))
    assert abs(score("ari", shuffled(truth, rng=rng).codes, truth.codes).value) < 0.05


def test_strata_of_another_length_are_refused(truth, rng):
    """One stratum per item."""
    with pytest.raises(ValueError, match=r"within must have shape \(300,\)"):
        shuffled(truth, within=np.zeros(3), rng=rng)
