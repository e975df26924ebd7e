import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.truth import Source
from tests.sample import refused

VALUES = np.array([[1.0, 2.0], [3.0, 4.0]])
OBS = pd.DataFrame({"depth": [5.0, 6.0], "odd:name": [7.0, 8.0]})


def test_columns_of_obs_go_before_keys_of_obsm():
    """Also a column with a colon in its name."""
    source = Source(OBS, {"odd": pd.DataFrame({"name": [0.0, 0.0]})})
    assert source.measurement("odd:name").tolist() == [7.0, 8.0]
    assert source.measurement("depth").tolist() == [5.0, 6.0]


@pytest.mark.parametrize("table", [VALUES, sp.csr_matrix(VALUES)], ids=["array", "sparse"])
def test_arrays_are_known_by_number_or_by_the_one_list_of_names(table):
    """Two lists of the right length leave open which is meant: numbers then."""
    assert Source(OBS, {"adt": table}).measurement("adt:1").tolist() == [2.0, 4.0]
    named = {"adt_names": np.array(["CD3", "CD19"]), "other": ["a", "b", "c"]}
    assert Source(OBS, {"adt": table}, named).measurement("adt:CD19").tolist() == [2.0, 4.0]
    twice = {**named, "more": ["x", "y"]}
    with refused("derive.source", what="no column is named 'CD19'", where="obsm['adt']"):
        Source(OBS, {"adt": table}, twice).measurement("adt:CD19")


def test_what_is_absent_is_refused_with_the_nearest():
    """A key, a column of obsm, a column of obs."""
    source = Source(OBS, {"protein": pd.DataFrame({"CD3": [0.0, 1.0]})})
    with refused("derive.source", what="there is no obsm 'protien'", where="obsm"):
        source.measurement("protien:CD3")
    with refused("derive.source", what="no column is named 'CD4'", where="obsm['protein']"):
        source.measurement("protein:CD4")
    with refused("label.absent", what="there is no column 'dept'", where="obs"):
        source.measurement("dept")


def test_names_that_repeat_are_refused():
    """Nobody can know which is meant."""
    source = Source(OBS, {"p": pd.DataFrame(VALUES, columns=["CD3", "CD3"])})
    with refused("derive.source", what="several columns are named 'CD3'", where="obsm['p']"):
        source.measurement("p:CD3")


def test_what_is_no_table_is_refused():
    """Three dimensions have no columns."""
    with refused("derive.source", what="it has shape (2, 1, 1)", where="obsm['cube']"):
        Source(OBS, {"cube": np.zeros((2, 1, 1))}).table("cube")
