import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.similarity import similarity


def test_weights_fall_linearly_from_one(rng):
    """The formula, entry by entry; the pairs stay."""
    stored = sp.csr_matrix(rng.integers(0, 5, size=(30, 30)).astype(np.float32))
    found = similarity(stored, cutoff=3)
    np.testing.assert_array_equal(found.indices, stored.indices)
    np.testing.assert_array_equal(found.indptr, stored.indptr)
    assert sorted(set(zip(stored.data.tolist(), found.data.tolist(), strict=True))) == [
        (1.0, 1.0), (2.0, 0.75), (3.0, 0.5), (4.0, 0.25),
    ]  # fmt: skip
    assert found.dtype == np.float32


def test_equal_items_weigh_one_with_any_cutoff():
    """A stored 1 is distance 0; an empty matrix stays empty."""
    stored = sp.csr_matrix(np.array([[0, 1], [1, 0]], dtype=np.float32))
    assert similarity(stored, cutoff=0).data.tolist() == [1.0, 1.0]
    assert similarity(stored, cutoff=60).data.tolist() == [1.0, 1.0]
    assert similarity(sp.csr_matrix((3, 3), dtype=np.float32), cutoff=1).nnz == 0


def test_distances_above_the_cutoff_are_refused():
    """Weights would be 0 or negative."""
    with pytest.raises(UsageError, match="a distance of 2 is above the cutoff"):
        similarity(sp.csr_matrix(np.array([[0, 3], [3, 0]], dtype=np.float32)), cutoff=1)
