import inspect

import anndata
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.io.on_copy import on_copy


@on_copy
def mark(adata, word="seen", *, times=1, rng=0):
    """Write a column."""
    adata.obs["mark"] = word * times
    return times


@pytest.fixture
def adata():
    return anndata.AnnData(obs=pd.DataFrame(index=["c1", "c2"]))


def test_by_default_the_object_is_written_to(adata):
    """And what was found is returned."""
    assert mark(adata, times=2) == 2
    assert adata.obs["mark"].tolist() == ["seenseen"] * 2


def test_a_copy_gets_the_results_instead(adata):
    """The object stays as it was, however it is given."""
    for done in (mark(adata, "x", copy=True), mark(adata=adata, word="x", copy=True)):
        assert done.obs["mark"].tolist() == ["x", "x"]
        assert done is not adata
    assert adata.obs.empty
    assert adata.shape == done.shape


def test_the_argument_is_shown():
    """By help and completion, before the random numbers, which stay last."""
    assert list(inspect.signature(mark).parameters) == ["adata", "word", "times", "copy", "rng"]
    assert inspect.signature(mark).parameters["copy"].default is False
    assert mark.__doc__ == "Write a column."


def test_paths_have_no_copy():
    """Nothing is written to a file, so no copy can be returned."""
    with pytest.raises(UsageError, match="a str is not written to") as caught:
        mark("a.h5ad", copy=True)
    assert caught.value.fix == "leave copy out"
