"""Widths in many labelings of one view: one by one and together, with one thread and several, of some items and all."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from rashomon.core import UsageError
from rashomon.score.width import check_view, widths


def labelings(rng, n=2300, d=10):
    """Labelings that split, merge and blur one grouping; with unassigned and unobserved items, and degenerate ones."""
    groups = rng.integers(6, size=n)
    view = (rng.normal(size=(6, d))[groups] * 3 + rng.normal(size=(n, d))).astype(np.float32)
    blurred = np.where(rng.random(n) < 0.3, rng.integers(6, size=n), groups)
    holes = np.where(rng.random(n) < 0.1, rng.integers(-2, 0, size=n), groups)
    table = [groups, groups // 2, blurred, holes, np.zeros(n, dtype=int), np.arange(n), np.full(n, -1)]
    return view, np.stack(table, axis=1)


def test_each_column_equals_scikit_learn(rng):
    """Over several tiles in both directions, every labeling has its own widths."""
    view, table = labelings(rng)
    found = widths(view, table)
    for j in range(3):
        assert found[:, j] == pytest.approx(silhouette_samples(view, table[:, j]), abs=1e-5)
    seen, explicit = table[:, 3] > -2, np.where(table[:, 3] == -1, 10 + np.arange(len(view)), table[:, 3])
    assert found[seen, 3] == pytest.approx(silhouette_samples(view[seen], explicit[seen]), abs=1e-5)
    assert np.isnan(found[~seen, 3]).all()


def test_degenerate_columns_are_nan_and_leave_the_others_alone(rng):
    """One cluster, and every item its own: NaN in this column only."""
    view, table = labelings(rng)
    found = widths(view, table)
    assert np.isnan(found[:, 4:]).all()
    assert np.array_equal(found[:, :4], widths(view, table[:, :4]), equal_nan=True)


@pytest.mark.parametrize("n", [300, 2300])
def test_threads_do_not_change_a_bit(n, rng):
    """One, two and three threads give the same bits, above and below the size at which BLAS is used."""
    view, table = labelings(rng, n=n)
    one, *others = (widths(view, table, n_threads=k) for k in (1, 2, 3))
    assert all(np.array_equal(one, other, equal_nan=True) for other in others)


def test_anchors_have_the_widths_of_all_items(rng):
    """The widths of some items are those that they have among all; tiles of another shape change the last digits."""
    view, table = labelings(rng)
    anchors = np.sort(rng.choice(len(view), 90, replace=False))
    found = widths(view, table, anchors=anchors)
    assert found == pytest.approx(widths(view, table)[anchors], abs=1e-5, nan_ok=True)


def test_both_ways_of_multiplying_agree(rng, monkeypatch):
    """Small data sets, multiplied without BLAS, have the widths that BLAS gives."""
    view, table = labelings(rng, n=400)
    without = widths(view, table)
    monkeypatch.setattr("rashomon.score.width._SMALL", 0)
    assert widths(view, table) == pytest.approx(without, abs=1e-5, nan_ok=True)


def test_labelings_of_many_clusters_are_scored_in_portions(rng, monkeypatch):
    """However few clusters may share a tile, the widths are the same bits."""
    view, table = labelings(rng)
    together = widths(view, table)
    monkeypatch.setattr("rashomon.score.width._MOST_CLUSTERS", 10)
    assert np.array_equal(widths(view, table), together, equal_nan=True)


def test_no_labeling_and_no_item():
    """Empty tables have empty widths."""
    assert widths(np.ones((3, 2)), np.empty((3, 0), dtype=int)).shape == (3, 0)
    assert widths(np.ones((0, 2)), np.empty((0, 2), dtype=int)).shape == (0, 2)
    assert np.isnan(widths(np.ones((3, 2)), np.full((3, 2), -2))).all()


def test_coordinates_of_items_that_take_no_part_are_not_looked_at():
    """An unobserved item may have no coordinates; an observed one may not."""
    view, labels = np.array([[0.0], [1.0], [9.0], [np.nan]]), np.array([0, 0, 1, -2])
    assert widths(view, labels[:, None])[:3, 0] == pytest.approx([8 / 9, 7 / 8, 0])
    with pytest.raises(UsageError, match="NaN or infinity in 1 rows") as error:
        widths(view, np.array([0, 0, 1, 1])[:, None])
    assert error.value.where == "rows 3"


def test_a_view_of_other_items_is_refused():
    """Number of rows and of dimensions are checked; a fitting view returns the positions."""
    part = np.array([True, False, True])
    assert check_view(np.ones((3, 2)), part).tolist() == [0, 2]
    with pytest.raises(UsageError, match="the parts have 3 and 4 items"):
        check_view(np.ones((4, 2)), part)
    with pytest.raises(UsageError, match="view has 1 dimensions"):
        check_view(np.ones(3), part)
