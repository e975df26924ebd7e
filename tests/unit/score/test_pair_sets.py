"""The pair sets index: against genieclust, and by hand."""

import numpy as np
import pytest
from genieclust.compare_partitions import pair_sets_index as peer
from hypothesis import given

from rashomon.score.contingency import tabulate
from rashomon.score.pair_sets import pair_sets_index
from tests.strategies import labeling_pairs


def gapless(codes):
    """Number the clusters that occur from 0, which genieclust wants."""
    return np.unique(codes, return_inverse=True)[1]


@given(labeling_pairs(lowest=0))
def test_equals_genieclust(pair):
    """Equal to 1e-12 wherever one of the labelings has two clusters."""
    a, b = map(gapless, pair)
    if max(a.max(), b.max()) > 0:
        assert pair_sets_index(tabulate(a, b)) == pytest.approx(peer(a, b), abs=1e-12)


def test_by_hand():
    """Two clusters against three: matched shares 1 and 1/2, less what clusters of these sizes share by chance."""
    a, b = np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])
    found, expected = 1 + 1 / 2, (2 * 2 / 4) / 2 + (2 * 1 / 4) / 2
    assert pair_sets_index(tabulate(a, b)) == pytest.approx((found - expected) / (3 - expected))


def test_is_never_negative():
    """Labelings that agree less than expected get 0, as in the paper."""
    assert pair_sets_index(tabulate(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))) == 0.0


def test_small_clusters_count_as_much_as_large_ones():
    """Losing a cluster of ten among a thousand costs as much as losing one of a thousand."""
    truth = np.repeat([0, 1, 2], [1000, 1000, 10])
    lost = np.where(truth == 2, 1, truth)
    assert pair_sets_index(tabulate(lost, truth)) < 0.6
