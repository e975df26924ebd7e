"""Silhouettes against scikit-learn, in both precisions; sampled means against exact ones."""

import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples, silhouette_score

from rashomon.core import UsageError
from rashomon.score.silhouette import (
    MAX_EXACT,
    N_ANCHORS,
    estimate_silhouettes,
    mean_silhouette,
    silhouette_items,
    silhouettes,
)


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


def test_many_labelings_have_the_means_of_each(rng):
    """Means over a table are the means of its columns; exact means have no error and no interval."""
    labels, view = blobs(rng)
    table = np.stack([labels, labels // 2, np.zeros_like(labels), np.where(labels == 5, -1, labels)], axis=1)
    found = silhouettes(view, table)
    expected = [mean_silhouette(column, view) for column in table.T]
    assert found.value == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isnan(found.value[2])
    assert found.n_items.tolist() == [700, 700, 0, 700]
    assert np.array_equal(found.error, [0, 0, np.nan, 0], equal_nan=True)
    assert np.isnan([found.low, found.high]).all()


def test_intervals_of_samples_hold_the_exact_mean(rng):
    """Of 200 samples of 150 in 700 items, at least 180 intervals hold the exact mean (false alarms: 1 in 2,000).

    The mean over samples lies within 4 standard errors of it, and their spread is the stated error within 25 %.
    """
    labels, view = blobs(rng, apart=0.7)
    table, exact = labels[:, None], mean_silhouette(labels, view)
    found = [silhouettes(view, table, n_anchors=150, rng=rng) for _ in range(200)]
    value, error, low, high = (
        np.array([getattr(each, name)[0] for each in found]) for name in ("value", "error", "low", "high")
    )
    assert ((low <= exact) & (exact <= high)).sum() >= 180
    assert abs(value.mean() - exact) < 4 * value.std() / np.sqrt(200)
    assert value.std() == pytest.approx(error.mean(), rel=0.25)
    assert high - value == pytest.approx(1.96 * error, rel=1e-4)


def test_anchors_are_drawn_from_the_stream_that_is_passed(rng):
    """Equal streams give equal estimates, other streams others; no stream is an error, as is one anchor."""
    labels, view = blobs(rng)
    one, same, other = (
        silhouettes(view, labels[:, None], n_anchors=50, rng=np.random.default_rng(seed)).value for seed in (1, 1, 2)
    )
    assert one == same != other
    with pytest.raises(UsageError, match="no rng is given"):
        silhouettes(view, labels[:, None], n_anchors=50)
    with pytest.raises(UsageError, match="n_anchors is 1"):
        silhouettes(view, labels[:, None], n_anchors=1, rng=rng)


def test_as_many_anchors_as_items_are_all(rng):
    """A sample of everything is no sample."""
    labels, view = blobs(rng, n=100)
    found = silhouettes(view, labels[:, None], n_anchors=100)
    assert found.value[0] == mean_silhouette(labels, view)
    assert np.isnan(found.low[0])


def test_plans_sample_above_a_size(rng, monkeypatch):
    """Up to the limit the estimate is exact; above, it has an interval around the exact mean."""
    assert N_ANCHORS < MAX_EXACT
    labels, view = blobs(rng)
    value, low, high = estimate_silhouettes(view, labels[:, None], rng=rng)
    assert value[0] == mean_silhouette(labels, view)
    assert np.isnan([low[0], high[0]]).all()
    monkeypatch.setattr("rashomon.score.silhouette.MAX_EXACT", 699)
    monkeypatch.setattr("rashomon.score.silhouette.N_ANCHORS", 300)
    sampled, low, high = estimate_silhouettes(view, labels[:, None], rng=rng)
    assert -1 <= low[0] < sampled[0] < high[0] <= 1
    assert sampled[0] == pytest.approx(value[0], abs=0.05)
    assert sampled[0] != value[0]


def test_memory_does_not_grow_with_the_square(rng):
    """12,000 items in three labelings take less than 40 MB beside the data; their distances would take 1,152 MB."""
    labels, view = blobs(rng, n=12_000, d=2)
    table = np.stack([labels, labels // 2, labels // 3], axis=1)
    silhouettes(view[:600], table[:600])
    tracemalloc.start()
    try:
        silhouettes(view, table, n_anchors=2000, rng=rng)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40e6
