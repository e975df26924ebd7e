"""The labels on trial know their sizes and their majority classes."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged
from rashomon.core import InputError
from rashomon.dataset import Dataset, Truth

CODES = np.array([0, 0, 0, 1, -1, -2, 2], dtype=np.int32)


def test_sizes_leave_out_the_unassigned():
    """Rows with -1 or -2 belong to no cluster; a cluster without rows has size 0."""
    judged = Judged("mine", CODES, ("0", "1", "2", "3"), own=True)
    assert judged.sizes.tolist() == [3, 1, 1, 0]


def test_names_say_the_majority_of_the_labelled():
    """Shares are of labelled rows; a cluster without any says so."""
    truth = Truth("type", "annotation", np.array([0, 0, 1, 1, 1, 0, -2], dtype=np.int32), ("B", "T"))
    judged = Judged("mine", CODES, ("0", "1", "2"), own=True)
    assert judged.describe(truth) == ("0 (67 % B)", "1 (100 % T)", "2 (no type label)")


def test_without_a_truth_names_are_the_categories():
    """Nothing is made up."""
    assert Judged("mine", CODES, ("a", "b", "c"), own=True).describe(None) == ("a", "b", "c")


def test_a_column_becomes_labels():
    """Words that mean "no cluster" are unassigned; a column that does not exist is refused by name."""
    obs = pd.DataFrame({"leiden": ["1", "0", "junk", "none", "1", "0"]}, index=list("abcdef"))
    found = Judged.from_column(Dataset(obs), "leiden", unassigned=["none"])
    assert (found.name, found.categories, found.own) == ("leiden", ("0", "1"), True)
    assert found.codes.tolist() == [1, 0, -1, -1, 1, 0]
    with pytest.raises(InputError, match="louvain"):
        Judged.from_column(Dataset(obs), "louvain")
