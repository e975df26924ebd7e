import numpy as np
import pytest
from sklearn.neighbors import radius_neighbors_graph

from rashomon.core import UsageError
from rashomon.encode.embedding_radius import embedding_radius


@pytest.mark.parametrize(("metric", "cutoff"), [("cosine", 0.25), ("euclidean", 2.5)])
def test_pairs_are_those_of_scikit_learn(rng, metric, cutoff):
    """Over more items than a block holds: the same pairs, distances to 1e-6."""
    view = rng.normal(size=(1300, 6)).astype(np.float32)
    found = embedding_radius(view, cutoff=cutoff, metric=metric)
    theirs = radius_neighbors_graph(view.astype(np.float64), cutoff, mode="distance", metric=metric).tocsr()
    theirs.sort_indices()
    np.testing.assert_array_equal(found.indptr, theirs.indptr)
    np.testing.assert_array_equal(found.indices, theirs.indices)
    np.testing.assert_allclose(found.data - 1, theirs.data, atol=1e-6)
    assert (found.dtype, found.has_canonical_format) == (np.float32, True)


def test_equal_rows_are_linked_at_radius_zero():
    """Distance 0 is stored as 1."""
    view = np.array([[1.0, 2.0], [3.0, 1.0], [1.0, 2.0]])
    assert embedding_radius(view, cutoff=0, metric="euclidean").toarray()[0].tolist() == [0, 0, 1]


def test_rows_without_direction_have_no_cosine_links():
    """A row of zeros is near nothing by angle, and may be near by distance."""
    view = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.0]])
    assert embedding_radius(view, cutoff=2, metric="cosine").nnz == 0
    assert embedding_radius(view, cutoff=0.2, metric="euclidean").nnz == 6


def test_no_items_have_no_links():
    """An empty view gives an empty matrix."""
    assert embedding_radius(np.empty((0, 3)), cutoff=1.0).shape == (0, 0)


@pytest.mark.parametrize(
    ("view", "asked", "text"),
    [
        ([[1.0]], {"cutoff": -1.0}, "cutoff -1"),
        ([[1.0]], {"cutoff": np.nan}, "cutoff nan"),
        ([[1.0]], {"cutoff": 1.0, "metric": "cosin"}, "cosine"),
        ([[1.0], [np.nan]], {"cutoff": 1.0}, "rows 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(view, asked, text):
    """The value or the row is named."""
    with pytest.raises(UsageError, match=text):
        embedding_radius(np.array(view), **asked)
