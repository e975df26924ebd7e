"""BRAS against its definition, item by item."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from rashomon.core import UsageError
from rashomon.score import score
from rashomon.score.bras import batch_silhouette


def direct(labels, view, batch):
    """Inside each label: cosine silhouettes of the batches against the mean distance to all others (scib-metrics)."""
    means = []
    for label in np.unique(labels):
        x, b = view[labels == label], batch[labels == label]
        if not 1 < np.unique(b).size < b.size:
            continue
        apart = cdist(x, x, metric="cosine")
        widths = []
        for i in range(b.size):
            mates = (b == b[i]) & (np.arange(b.size) != i)
            within, between = apart[i, mates].mean() if mates.any() else np.nan, apart[i, b != b[i]].mean()
            widths.append((between - within) / max(between, within) if mates.any() else 0.0)
        means.append(np.mean(1 - np.abs(widths)))
    return np.mean(means)


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_definition(seed):
    """Unequal clusters and batches, a cluster of one batch, a batch of one item: equal to 1e-10."""
    rng = np.random.default_rng(seed)
    labels, batch = rng.choice(5, size=150, p=[0.5, 0.3, 0.1, 0.07, 0.03]), rng.integers(4, size=150)
    batch[labels == 3] = 0
    view = rng.normal(size=(150, 4)) + batch[:, None] * [0.5, 0, 0, 0]
    assert batch_silhouette(labels, view, batch=batch) == pytest.approx(direct(labels, view, batch), abs=1e-10)


def test_mixed_batches_score_better_than_shifted_ones(rng):
    """Batches drawn at random are mixed; a shift of one batch lowers the score, a larger shift more."""
    labels, batch = rng.integers(3, size=600), rng.integers(2, size=600)
    view = np.eye(3)[labels] * 5 + rng.normal(size=(600, 3))
    values = [batch_silhouette(labels, view + shift * batch[:, None], batch=batch) for shift in (0, 2, 5)]
    assert values[0] > 0.9
    assert 0.5 > values[1] > values[2]


def test_only_known_batches_and_observed_items_count(rng):
    """-2, an unknown batch, and -1, which is a cluster of one item, have no part."""
    labels, batch, view = rng.integers(-2, 3, 90), rng.integers(-2, 3, 90), rng.normal(size=(90, 3))
    known = (labels >= 0) & (batch >= 0)
    expected = direct(labels[known], view[known], batch[known])
    for unassigned in ("singletons", "left_out"):
        assert batch_silhouette(labels, view, batch=batch, unassigned=unassigned) == pytest.approx(expected)


def test_one_direction_and_the_origin():
    """Items in one direction have no distance, so nothing divides the batches; the origin is far from everything."""
    batch = np.array([0, 0, 1, 1])
    assert batch_silhouette(np.zeros(4, dtype=int), np.ones((4, 2)), batch=batch) == 1.0
    assert batch_silhouette(np.zeros(4, dtype=int), np.zeros((4, 2)), batch=batch) == 1.0


def test_labels_that_are_batches_have_no_value():
    """Nothing is mixed, so nothing is judged: undefined with a reason; as with one batch."""
    labels, view = np.array([0, 0, 1, 1]), np.arange(8.0).reshape(4, 2)
    assert np.isnan(batch_silhouette(labels, view, batch=labels))
    assert score("bras", labels, labels, view=view).reason.startswith("no cluster has two batches")
    assert score("bras", labels, np.zeros(4, dtype=int), view=view).reason == "there is one batch"
    assert score("bras", labels, np.full(4, -1), view=view).reason == "no item is labelled and has a batch"


def test_batches_and_view_are_of_the_same_items():
    """Lengths are checked, and what is needed is named."""
    labels, view = np.array([0, 0, 1]), np.ones((3, 2))
    with pytest.raises(UsageError, match="the parts have 3 and 2 items"):
        batch_silhouette(labels, view, batch=np.array([0, 1]))
    with pytest.raises(UsageError, match="bras is not computable: needs a labeling of batches"):
        score("bras", labels, view=view)
    with pytest.raises(UsageError, match="bras is not computable: needs view"):
        score("bras", labels, labels)
