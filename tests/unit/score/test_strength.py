"""Prediction strength against counting pairs."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from rashomon.score import score, tabulate
from rashomon.score.strength import prediction_strength
from tests.strategies import labeling_pairs


def counted(test, predicted):
    """Count, cluster by cluster, the pairs of items that are together in the prediction."""
    shares = []
    for cluster in np.unique(test[test >= 0]):
        pairs = list(combinations(predicted[test == cluster], 2))
        if pairs:
            shares.append(np.mean([a == b and a >= 0 for a, b in pairs]))
    return min(shares, default=np.nan)


@given(pair=labeling_pairs())
def test_equals_counting_pairs(pair):
    """The smallest share over clusters with a pair; an unassigned item is together with nobody."""
    test, predicted = pair
    seen = (test > -2) & (predicted > -2)
    expected = counted(test[seen], predicted[seen])
    assert prediction_strength(tabulate(test, predicted)) == pytest.approx(expected, nan_ok=True)


def test_groups_that_are_there_are_predicted(rng):
    """Two planted groups are predicted by either half; one of them cut, elsewhere in each half, is not."""
    view = np.repeat([0, 10], 100) + rng.normal(size=200)
    whole = score("prediction_strength", np.searchsorted([5.0], view), np.searchsorted([4.0], view))
    cut = score("prediction_strength", np.searchsorted([0.7, 5.0], view), np.searchsorted([-0.7, 4.0], view))
    assert whole.value == 1.0
    assert 0.4 < cut.value < 0.7


def test_clusters_without_pairs_have_no_strength():
    """Singletons are passed over; where there is nothing else the score is undefined, with a reason."""
    assert score("prediction_strength", np.array([0, 0, 1]), np.array([0, 0, 1])).value == 1.0
    found = score("prediction_strength", np.array([0, 1, 2]), np.array([0, 0, 0]))
    assert np.isnan(found.value)
    assert found.reason == "every item is its own cluster"
