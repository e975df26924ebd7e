"""Silhouette widths against scikit-learn, in both precisions."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples, silhouette_score

from rashomon.core import UsageError
from rashomon.score.silhouette import mean_silhouette, silhouette_items


def blobs(rng, n=700, d=12, k=6, apart=3.0):
    labels = rng.integers(k, size=n)
    return labels, rng.normal(size=(k, d))[labels] * apart + rng.normal(size=(n, d)) + 20


def direct(labels, view):
    """Compute the definition from all distances."""
    apart = cdist(view, view)
    widths = np.zeros(labels.size)
    for i, own in enumerate(labels):
        mates = (labels == own) & (np.arange(labels.size) != i)
        if mates.any():
            within = apart[i, mates].mean()
            nearest = min(apart[i, labels == c].mean() for c in np.unique(labels) if c != own)
            widths[i] = (nearest - within) / max(nearest, within) if max(nearest, within) > 0 else 0.0
    return widths


@pytest.mark.parametrize("k", [2, 6, 300])
def test_equals_scikit_learn_in_double_precision(k, rng):
    """Items and mean equal to 1e-10, over several tiles, with clusters of one item too."""
    labels, view = blobs(rng, k=k)
    assert silhouette_items(labels, view) == pytest.approx(silhouette_samples(view, labels), abs=1e-10)
    assert mean_silhouette(labels, view) == pytest.approx(silhouette_score(view, labels), abs=1e-10)


@pytest.mark.parametrize("k", [2, 6])
def test_equals_scikit_learn_in_single_precision(k, rng):
    """A float32 view gives every item to 1e-5."""
    labels, view = blobs(rng, k=k)
    found = silhouette_items(labels, view.astype(np.float32))
    assert found == pytest.approx(silhouette_samples(view, labels), abs=1e-5)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-3)])
def test_close_pairs_far_from_the_origin_keep_their_distance(dtype, tolerance, rng):
    """Two overlapping clusters 1,000 times as far from the rest as they are wide: products alone would lose them."""
    labels = np.repeat([0, 1, 2], [20, 20, 60])
    far = np.where(labels < 2, 100.0, -100.0)[:, None]
    view = (far + 0.1 * rng.normal(size=(100, 4)) + 0.1 * (labels == 1)[:, None]).astype(dtype)
    assert silhouette_items(labels, view) == pytest.approx(direct(labels, view.astype(float)), abs=tolerance)


def test_equal_points_have_distance_zero():
    """Duplicates in one cluster have width 1; items all in one place have width 0."""
    view = np.repeat([[0.3, 0.1], [7.7, 3.1]], 3, axis=0)
    assert silhouette_items(np.array([0, 0, 0, 1, 1, 1]), view).tolist() == [1.0] * 6
    assert silhouette_items(np.array([0, 0, 1, 1]), np.ones((4, 2))).tolist() == [0.0] * 4


def test_unassigned_items_are_singletons_or_left_out(rng):
    """Both policies equal scikit-learn on the labeling that they stand for."""
    labels, view = blobs(rng, n=120)
    labels[:10], labels[10:15] = -1, -2
    explicit = np.where(labels == -1, 1000 + np.arange(120), labels)
    seen, assigned = labels > -2, labels >= 0
    found = silhouette_items(labels, view)
    assert np.array_equal(np.isnan(found), ~seen)
    assert found[seen] == pytest.approx(silhouette_samples(view[seen], explicit[seen]), abs=1e-10)
    found = mean_silhouette(labels, view, unassigned="left_out")
    assert found == pytest.approx(silhouette_score(view[assigned], labels[assigned]), abs=1e-10)


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 2, 3], [-2, -2, -2, -2]])
def test_one_cluster_or_only_singletons_have_no_value(labels):
    """Nothing to compare with is NaN, for items and mean."""
    view = np.arange(8.0).reshape(4, 2)
    assert np.isnan(mean_silhouette(np.array(labels), view))
    assert np.isnan(silhouette_items(np.array(labels), view)).all()


def test_a_view_with_holes_is_refused():
    """NaN and infinity are named by row."""
    view = np.ones((4, 2))
    view[1, 0], view[3, 1] = np.nan, np.inf
    with pytest.raises(UsageError, match="NaN or infinity in 2 rows") as error:
        mean_silhouette(np.array([0, 0, 1, 1]), view)
    assert error.value.where == "rows 1, 3"


def test_a_view_of_another_shape_is_refused():
    """A vector, and a view of other items."""
    with pytest.raises(UsageError, match="view has 1 dimensions"):
        mean_silhouette(np.array([0, 1]), np.ones(2))
    with pytest.raises(UsageError, match="the parts have 2 and 3 items"):
        mean_silhouette(np.array([0, 1]), np.ones((3, 2)))
