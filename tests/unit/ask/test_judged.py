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


def test_names_are_the_majority_of_each_cluster(rng):
    """The class and share of each cluster equal pandas' counts; ties go to the class with the lower code."""
    codes, of = rng.integers(-2, 30, 500).astype(np.int32), rng.integers(-2, 6, 500).astype(np.int32)
    truth = Truth("t", "annotation", of, tuple("abcdef"))
    judged = Judged("x", codes, tuple(map(str, range(32))), own=True)
    expected = []
    for code in range(32):
        counts = pd.Series(of[(codes == code) & (of >= 0)]).value_counts(normalize=True).sort_index()
        said = f"{100 * counts.max():.0f} % {'abcdef'[counts.idxmax()]}" if len(counts) else "no t label"
        expected.append(f"{code} ({said})")
    assert judged.describe(truth) == tuple(expected)
