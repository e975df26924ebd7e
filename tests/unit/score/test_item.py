"""Codes are checked once, and the negative ones mean the same everywhere."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.score.item import check_codes, clusters, lowest_code, same_length


def test_codes_are_copied_to_one_type():
    """Kernels see writable contiguous int32, whatever came in, and the input stays as it was."""
    given = np.array([[0, 1], [2, -2]], dtype=np.int64)[:, 0]
    given.setflags(write=False)
    codes = check_codes(given, where="a")
    assert codes.dtype == np.int32
    assert codes.flags.writeable
    assert codes.flags.c_contiguous
    assert codes.tolist() == [0, 2]


@pytest.mark.parametrize("labels", [[0.0, 1.0], ["a", "b"], [[0, 1]], [True, False], [None, 1]])
def test_anything_but_a_vector_of_integers_is_refused(labels):
    """Floats such as 0.5 are never read as labels."""
    with pytest.raises(UsageError, match="labels have shape"):
        check_codes(labels, where="a")


@pytest.mark.parametrize("labels", [[0, -3], [0, 2**26]])
def test_codes_out_of_range_are_refused(labels):
    """Codes below -2 mean nothing, and huge ones would ask for huge tables."""
    with pytest.raises(UsageError, match="label codes lie in"):
        check_codes(labels, where="a")


def test_an_empty_labeling_is_a_labeling():
    """No items is no error here; scores are then undefined."""
    assert check_codes([], where="a").tolist() == []


def test_unknown_policy_is_refused():
    """A misspelt policy is named, with the known ones."""
    with pytest.raises(UsageError, match="unknown policy 'singleton'"):
        lowest_code("singleton")


def test_lengths_must_agree():
    """Labelings of different items are not compared."""
    with pytest.raises(UsageError, match="the parts have 2 and 3 items"):
        same_length(2, 3, where="labels")


def test_unassigned_items_get_clusters_of_their_own_after_the_others():
    """Every -1 is one more cluster, and -2 is left out."""
    items, cluster = clusters(np.array([-1, 7, -2, 7, -1, 3]), unassigned="singletons")
    assert items.tolist() == [0, 1, 3, 4, 5]
    assert cluster.tolist() == [2, 1, 1, 3, 0]


def test_unassigned_items_can_be_left_out():
    """With the other policy only assigned items remain."""
    items, cluster = clusters(np.array([-1, 7, -2, 7, -1, 3]), unassigned="left_out")
    assert items.tolist() == [1, 3, 5]
    assert cluster.tolist() == [1, 1, 0]
