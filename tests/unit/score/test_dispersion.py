"""Calinski-Harabasz and Davies-Bouldin against scikit-learn, and where they have no value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from rashomon.core import UsageError
from rashomon.score.dispersion import calinski_harabasz, davies_bouldin

BOTH = pytest.mark.parametrize(
    ("ours", "oracle"), [(calinski_harabasz, calinski_harabasz_score), (davies_bouldin, davies_bouldin_score)]
)


@BOTH
@given(n=st.integers(4, 80), k=st.integers(2, 10), seed=st.integers(0, 2**32 - 1))
def test_equals_scikit_learn(ours, oracle, n, k, seed):
    """Whatever the number and sizes of the clusters: equal to 1e-6 of the value, and no other far from the origin."""
    rng = np.random.default_rng(seed)
    labels, view = rng.integers(k, size=n), rng.normal(size=(n, 3))
    if 1 < np.unique(labels).size < n:
        # scikit-learn takes distances of centres from products, which lose digits
        assert ours(labels, view) == pytest.approx(oracle(view, labels), rel=1e-6)
        assert ours(labels, view + 1e4) == pytest.approx(ours(labels, view), rel=1e-9)


@BOTH
def test_negative_codes_are_singletons_or_left_out(ours, oracle, rng):
    """-1 is a cluster of one item, or absent; -2 is absent."""
    labels, view = rng.integers(-2, 4, size=90), rng.normal(size=(90, 3))
    explicit, seen = np.where(labels == -1, 10 + np.arange(90), labels), labels > -2
    assert ours(labels, view) == pytest.approx(oracle(view[seen], explicit[seen]), rel=1e-9)
    assigned = labels >= 0
    assert ours(labels, view, unassigned="left_out") == pytest.approx(oracle(view[assigned], labels[assigned]))


@BOTH
@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], [-1, -1, -1], [-2, -2, -2]])
def test_one_cluster_or_only_singletons_have_no_value(ours, oracle, labels):
    """Where scikit-learn raises, the value is NaN."""
    view = np.arange(6.0).reshape(3, 2)
    assert np.isnan(ours(np.array(labels), view))
    if min(labels) >= 0:
        with pytest.raises(ValueError, match="Number of labels is"):
            oracle(view, labels)


def test_items_at_their_centres_have_no_variance_ratio():
    """Without spread inside clusters the ratio is infinite: NaN; the Davies-Bouldin index is 0, its best value."""
    labels, view = np.array([0, 0, 1, 1]), np.array([[0.0], [0.0], [4.0], [4.0]])
    assert np.isnan(calinski_harabasz(labels, view))
    assert davies_bouldin(labels, view) == 0.0


def test_clusters_with_one_centre_have_no_davies_bouldin_index():
    """Two rings around one point: the index is infinite; the variance ratio is 0. So too when all points are one."""
    labels, view = np.array([0, 0, 1, 1]), np.array([[-1.0], [1.0], [-2.0], [2.0]])
    assert np.isnan(davies_bouldin(labels, view))
    assert calinski_harabasz(labels, view) == 0.0
    assert np.isnan(davies_bouldin(labels, np.ones((4, 2))))
    assert np.isnan(calinski_harabasz(labels, np.ones((4, 2))))


@BOTH
def test_a_view_with_holes_is_refused(ours, oracle):
    """NaN in the coordinates of an item is named by row, and does not matter where the item is left out."""
    view = np.array([[0.0], [1.0], [9.0], [10.0], [np.nan]])
    with pytest.raises(UsageError, match="NaN or infinity in 1 rows") as error:
        ours(np.array([0, 0, 1, 1, 1]), view)
    assert error.value.where == "rows 4"
    assert ours(np.array([0, 0, 1, 1, -2]), view) == pytest.approx(oracle(view[:4], [0, 0, 1, 1]))
