import warnings

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr

from rashomon.io import copy, read_adata
from rashomon.io.copy import check_space, copy_hdf5, copy_zarr
from tests.fuzz.mutation import rich
from tests.sample import refused, small


def copied(path, tmp_path):
    """What anndata reads from the copy of a file."""
    with h5py.File(tmp_path / "copy.h5", "w", libver="latest") as target:
        if path.suffix == ".zarr":
            copy_zarr(zarr.open_group(path, mode="r", use_consolidated=False), target)
        else:
            with h5py.File(path) as source:
                copy_hdf5(source, target)
    return ad.read_h5ad(tmp_path / "copy.h5")


def leaves(value, name=""):
    """Every array and scalar below a value, by its place, with its type."""
    if isinstance(value, ad.AnnData):
        slots = ("X", "layers", "obsm", "varm", "obsp", "varp", "uns", "obs", "var")
        value = {slot: getattr(value, slot) for slot in slots} | {"raw": value.raw.X}
    if isinstance(value, pd.DataFrame):
        value = {"index": value.index} | {key: value[key] for key in value}
    if hasattr(value, "items") and not isinstance(value, pd.Series):
        return {place: leaf for key, item in value.items() for place, leaf in leaves(item, f"{name}/{key}").items()}
    kind = getattr(value, "dtype", type(value))
    if isinstance(kind, pd.CategoricalDtype):
        kind = (tuple(kind.categories), kind.ordered)
    if str(kind).startswith("StringDType"):
        kind = "object"  # text in memory is the same, whichever container it came from
    dense = value.toarray() if sp.issparse(value) else np.asarray(value)
    return {name: (type(value).__name__, str(kind), [str(item) for item in np.ravel(dense)])}


def assert_equal(found, expected):
    """Every leaf of one is a leaf of the other, of the same type, with the same values."""
    assert leaves(found) == leaves(expected)


def everything():
    """An object with each kind of content that anndata can write."""
    adata = rich()
    adata.obsm["table"] = pd.DataFrame({"a": np.arange(adata.n_obs), "b": "x"}, index=adata.obs_names)
    adata.obs["ordered"] = pd.Categorical(["lo", "hi"] * (adata.n_obs // 2), categories=["lo", "hi"], ordered=True)
    adata.obs["gaps"] = pd.Categorical(["a", None] * (adata.n_obs // 2))
    adata.uns |= {"empty": np.array([]), "text": "\xe9\u200b", "true": True, "nothing": {}, "scalar": np.float32(2)}
    adata.uns["record"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    return adata


def test_a_copy_of_hdf5_is_read_as_the_original(tmp_path):
    """By anndata's own comparison, exactly."""
    everything().write_h5ad(tmp_path / "a.h5ad", compression="gzip")
    assert_equal(copied(tmp_path / "a.h5ad", tmp_path), ad.read_h5ad(tmp_path / "a.h5ad"))


@pytest.mark.parametrize("version", [2, 3])
def test_a_copy_of_zarr_is_read_as_the_original(tmp_path, version):
    """In both versions of the format."""
    adata = everything()
    del adata.uns["record"]  # version 3 has no records
    with warnings.catch_warnings(), ad.settings.override(zarr_write_format=version):
        warnings.simplefilter("ignore")
        adata.write_zarr(tmp_path / "a.zarr")
        assert_equal(copied(tmp_path / "a.zarr", tmp_path), ad.read_zarr(tmp_path / "a.zarr"))


def test_categories_of_old_files_are_found_again(tmp_path):
    """Before 0.8, a column referred to its categories by an HDF5 reference."""
    small().write_h5ad(tmp_path / "old.h5ad")
    with h5py.File(tmp_path / "old.h5ad", "r+") as file:
        column = file["obs/cell_type"]
        codes, categories = column["codes"][:], column["categories"][:]
        del file["obs/cell_type"]
        file["obs/__categories/cell_type"] = categories
        file["obs/cell_type"] = codes
        file["obs/cell_type"].attrs["categories"] = file["obs/__categories/cell_type"].ref
        for name in ("encoding-type", "encoding-version"):
            file["obs"].attrs[name] = {"encoding-type": "dataframe", "encoding-version": "0.1.0"}[name]
    adata = read_adata(tmp_path / "old.h5ad")
    assert adata.obs["cell_type"].tolist() == small().obs["cell_type"].tolist()


def test_two_names_of_one_object_stay_one(tmp_path):
    """So that a file does not grow by being copied."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = np.zeros(10**5)
        file["b"], file["c"] = file["a"], h5py.SoftLink("/a")
        with h5py.File(tmp_path / "b.h5", "w") as target:
            copy_hdf5(file, target)
            assert target["b"] == target["a"] == target["c"]
    assert (tmp_path / "b.h5").stat().st_size < 9 * 10**5


@pytest.mark.parametrize("chunks", [None, (7, 3), (50, 1)])
def test_pieces_are_put_together(tmp_path, monkeypatch, chunks):
    """Whatever their size and that of the chunks."""
    monkeypatch.setattr(copy, "_SLAB", 200)
    values = np.arange(150.0).reshape(50, 3)
    with h5py.File(tmp_path / "a.h5", "w") as file, h5py.File(tmp_path / "b.h5", "w") as target:
        file.create_dataset("x", data=values, chunks=chunks)
        copy_hdf5(file, target)
        np.testing.assert_array_equal(target["x"], values)


def test_references_as_data_are_refused(tmp_path):
    """They mean nothing outside of their file."""
    with h5py.File(tmp_path / "a.h5", "w") as file, h5py.File(tmp_path / "b.h5", "w") as target:
        file.create_dataset("x", data=np.array([file.ref], dtype=h5py.ref_dtype))
        with refused("file.unreadable", what="/x holds references", where="/x"):
            copy_hdf5(file, target)


def test_too_little_space_is_refused_before_copying(tmp_path, monkeypatch):
    """With what is free and what is needed."""
    usage = copy.shutil.disk_usage(tmp_path)
    check_space(1000, tmp_path)
    monkeypatch.setattr(copy.shutil, "disk_usage", lambda _: usage._replace(free=999))
    with refused("file.scratch", what="999 bytes are free and 1,000 are needed", where="temporary files"):
        check_space(1000, tmp_path)
