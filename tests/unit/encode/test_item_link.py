import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.item_link import MAX_PAIRS, Links, as_distances, item_links, link_matrix, refuse_pairs


def links(*rows):
    i, j, distance = np.array(sorted(rows), dtype=np.int32).reshape(-1, 3).T
    return Links(i, j, distance.astype(np.int16))


def test_the_matrix_is_symmetric_and_stores_distance_plus_one(rng):
    """Equal to scipy's sum of both triangles, in canonical form and without diagonal."""
    upper = np.triu(rng.integers(0, 4, size=(60, 60)) * (rng.random((60, 60)) < 0.1), 1)
    i, j = np.nonzero(upper)
    found = link_matrix(Links(i, j, upper[i, j] - 1), 60)
    whole = sp.csr_matrix((upper + upper.T).astype(np.float32))
    np.testing.assert_array_equal(found.toarray(), whole.toarray())
    np.testing.assert_array_equal(found.indices, whole.indices)
    assert found.has_canonical_format
    assert sp.csr_matrix((found.data, found.indices, found.indptr), shape=found.shape).has_canonical_format
    assert (found.dtype, found.diagonal().sum()) == (np.float32, 0)


def test_items_without_links_have_empty_rows():
    """The number of items comes from the slot `items`, not from the links."""
    found = as_distances(links((0, 2, 1)), np.array([0, 1, 2, 3, 3]))
    assert found.shape == (4, 4)
    assert np.diff(found.indptr).tolist() == [1, 0, 1, 0]
    assert as_distances(links(), np.array([], dtype=np.int64)).shape == (0, 0)


def test_the_nearest_two_chains_of_two_items_count():
    """Chains of one item are no link; of several links between two items the smallest distance stays."""
    item = np.array([0, 0, 1, 1, 2])
    found = item_links(links((0, 1, 0), (0, 2, 3), (1, 3, 2), (1, 4, 5), (3, 4, 1)), item)
    assert list(zip(*(part.tolist() for part in found), strict=True)) == [(0, 1, 2), (0, 2, 5), (1, 2, 1)]


def test_items_in_another_order_are_put_in_order():
    """Links come out with i < j and ascending, whatever the order of the items of the chains."""
    found = item_links(links((0, 1, 1), (0, 2, 2)), np.array([5, 3, 4]))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == [(3, 5, 1), (4, 5, 2)]


def test_too_many_pairs_are_refused():
    """The count is in the message; one pair fewer is accepted."""
    refuse_pairs(MAX_PAIRS, where="here")
    with pytest.raises(UsageError, match=r"50,000,001 pairs or more.*\n.*here"):
        refuse_pairs(MAX_PAIRS + 1, where="here")
