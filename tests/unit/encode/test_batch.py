import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode.batch import batch_of_cells


def test_codes_are_looked_up_by_position():
    """Batches belong to the data set, cells are its rows that are left."""
    batch = np.array([2, 0, -2, 1], dtype=np.int32)
    assert batch_of_cells(batch, np.array([3, 0]), where="here").tolist() == [1, 2]


def test_a_missing_batch_is_refused_only_where_it_occurs():
    """A cell without batch that was dropped before harms nobody."""
    batch = np.array([2, -1, -2, 1], dtype=np.int32)
    with pytest.raises(UsageError, match="the batch of 2 of 3 cells is missing") as caught:
        batch_of_cells(batch, np.array([0, 1, 2]), where="harmony")
    assert caught.value.where == "harmony"
