import datetime as dt

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon.io import read_adata, write
from rashomon.io.storable import storable
from tests.sample import N_OBS, noted, small

UNWRITABLE = {
    "mixed": [1, "a"] * (N_OBS // 2),
    "date": [dt.datetime(2021, 3, 1, tzinfo=dt.UTC)] * N_OBS,
    "list": [[1]] * N_OBS,
    "_index": ["a"] * N_OBS,
    "nul\x00": ["a"] * N_OBS,
    "value": ["a\x00"] * N_OBS,
}


def test_a_good_object_is_the_same_object():
    """Nothing is copied where nothing is left out."""
    adata = small()
    adata.uns = {"a": {"b": np.arange(3), "c": "text", "d": [1, 2], "e": None}}
    adata.obs["missing"] = ["a", None] * (N_OBS // 2)
    adata.obs["whole"] = pd.array([1, None] * (N_OBS // 2), dtype="Int64")
    assert storable(adata) == (adata, ())


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr"])
@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_column_that_no_file_can_hold_is_left_out_of_the_copy(tmp_path, name, suffix):
    """With a note; the object keeps it, and everything else is written."""
    adata = small()
    adata.obs[name] = pd.Series(UNWRITABLE[name], index=adata.obs_names, dtype=object)
    notes = write(adata, tmp_path / f"a{suffix}")
    noted("output.left_out", notes, what="cannot be written and is left out")
    assert len(notes) == 1
    assert name in adata.obs
    assert list(read_adata(tmp_path / f"a{suffix}").obs) == ["cell_type", "gate", "donor", "batch"]


@pytest.mark.parametrize("value", [len, dt.date(2021, 3, 1), {1, 2}, [1, "a"], np.array([1, "a"], dtype=object)])
def test_an_entry_of_uns_that_no_file_can_hold_is_left_out(tmp_path, value):
    """At any depth; its neighbours are written."""
    adata = small()
    adata.uns = {"a": {"odd": value, "good": 1}}
    noted("output.left_out", write(adata, tmp_path / "a.h5ad"), what="a/odd cannot be written")
    assert adata.uns["a"]["odd"] is value
    assert dict(ad.read_h5ad(tmp_path / "a.h5ad").uns["a"]) == {"good": 1}


def test_everything_else_of_the_object_is_in_the_copy():
    """Layers, embeddings, graphs and raw."""
    adata = small()
    adata.raw = adata
    adata.layers["counts"] = adata.X
    adata.uns["f"] = len
    kept, notes = storable(adata)
    assert len(notes) == 1
    assert list(kept.layers) == ["counts"]
    assert kept.raw.shape == adata.raw.shape
    np.testing.assert_array_equal(kept.obsm["X_pca"], adata.obsm["X_pca"])
