import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.score.block_rate import block_rate
from rashomon.score.coassignment import co_assignment


def sample(rng, n=40, k=4, runs=7):
    judged = rng.integers(-1, k, n)
    labels = rng.integers(-2, 5, (n, runs))
    return judged, labels


def test_it_is_the_mean_over_pairs_of_items(rng):
    """Equal to the mean of the rate of every single pair, run by run."""
    judged, labels = sample(rng)
    found = block_rate(labels, judged=judged, n_clusters=4)
    for a in range(4):
        for b in range(4):
            items = [(i, j) for i in np.flatnonzero(judged == a) for j in np.flatnonzero(judged == b) if i != j]
            by_run = [co_assignment(labels[:, [r]], pairs=np.array(items)).rate for r in range(labels.shape[1])]
            told = [rate[~np.isnan(rate)].mean() for rate in by_run if not np.isnan(rate).all()]
            assert found.rate[a, b] == pytest.approx(np.mean(told), rel=1e-12)
            assert found.n_runs[a, b] == len(told)


def test_names_of_labels_and_the_order_of_items_and_runs_do_not_matter(rng):
    """Renamed labels, shuffled items and shuffled runs give the same rates."""
    judged, labels = sample(rng)
    known = block_rate(labels, judged=judged, n_clusters=4).rate
    renamed = np.where(labels >= 0, np.array([3, 0, 4, 2, 1])[labels], labels)
    items, runs = rng.permutation(judged.size), rng.permutation(labels.shape[1])
    again = block_rate(renamed[np.ix_(items, runs)], judged=judged[items], n_clusters=4).rate
    np.testing.assert_allclose(again, known, rtol=1e-12)
    np.testing.assert_array_equal(known, known.T)


def test_the_same_clusters_are_the_identity():
    """Clusters that every run finds are together with themselves and with nothing else."""
    judged = np.array([0, 0, 1, 1, 2, 2])
    found = block_rate(np.stack([judged, 2 - judged], axis=1), judged=judged, n_clusters=3)
    assert found.rate.tolist() == np.eye(3).tolist()
    assert (found.n_runs == 2).all()


def test_what_no_run_observed_is_unknown():
    """A cluster of one item has no pair with itself, an absent one none at all; unassigned items are with nobody."""
    labels = np.array([[0], [0], [-1], [-2]])
    found = block_rate(labels, judged=np.array([0, 1, 1, 2]), n_clusters=4)
    assert np.isnan(found.rate[0, 0])
    assert found.rate[0, 1] == 0.5
    assert found.rate[1, 1] == 0.0
    assert np.isnan(found.rate[2:]).all()
    assert (found.n_runs[2:] == 0).all()


@pytest.mark.parametrize(("judged", "k"), [(np.array([0, 1]), 2), (np.array([0, 1, 2]), 2)])
def test_shapes_and_codes_are_checked(judged, k):
    """Labels of other items, or codes beyond the clusters, are refused."""
    with pytest.raises(UsageError, match="labels have shape"):
        block_rate(np.zeros((3, 2), dtype=int), judged=judged, n_clusters=k)
