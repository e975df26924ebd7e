import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.interval import cluster_units, half_labelings, half_sample_intervals
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention


def test_clusters_stay_whole_in_halves(rng):
    """Every cluster is in one half or the other, and the two halves hold everything once."""
    labels = np.where(np.arange(60) < 40, np.arange(60) // 4, -1)
    labels[-3:] = -2
    halves = list(half_labelings(labels, cluster_units(labels), n_pairs=5, rng=rng))
    for first, second in zip(halves[::2], halves[1::2], strict=True):
        assert not set(first[first >= 0]) & set(second[second >= 0])
        np.testing.assert_array_equal(np.maximum(first, second), labels)


def test_width_is_that_of_the_standard_error(rng):
    """Purity of equal clusters is a mean over clusters: its interval is 2 x 1.96 standard errors wide."""
    n = 800
    right = rng.random(n) < 0.7
    truth = np.column_stack([np.zeros(n, dtype=int), np.where(right, 0, 1)]).ravel()
    sets = sp.csr_matrix(np.eye(2, dtype=bool)[truth])
    labels = np.repeat(np.arange(n), 2)
    value = purity(group(labels, sets).tally())
    (found,) = half_sample_intervals(
        [value], lambda half: [purity(group(half, sets).tally())], labels, n_pairs=400, rng=rng
    )
    expected = 2 * 1.96 * np.std(np.where(right, 1, 0.5)) / np.sqrt(n)
    assert found.high - found.low == pytest.approx(expected, rel=0.12)
    assert found.low < value < found.high


def test_fewer_than_six_donors_give_no_interval(rng):
    """Five donors say why there is none; six are enough."""
    sets = sp.csr_matrix(np.ones((60, 1), dtype=bool))
    labels = np.where(np.arange(60) % 3 == 0, -1, np.arange(60) % 7)

    def kept(half):
        return [retention(group(half, sets).tally())]

    five, six = (half_sample_intervals(kept(labels), kept, labels, donor=np.arange(60) % n, rng=rng)[0] for n in (5, 6))
    assert five.reason == "no interval: 5 blocks (donors), fewer than 6"
    assert six.reason == ""
    assert six.low < kept(labels)[0] < six.high


def test_one_cluster_gives_no_interval(rng):
    """There is nothing to halve."""
    (found,) = half_sample_intervals([1.0], lambda half: [1.0], np.zeros(4, dtype=int), rng=rng)
    assert np.isnan(found.low)
    assert found.reason == "no interval: fewer than two clusters and receptors"
