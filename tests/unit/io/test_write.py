import anndata as ad
import mudata
import numpy as np
import pytest

from rashomon.core import StoreError, UsageError, digest_file
from rashomon.io import read, write, write_h5ad, write_h5mu, write_zarr
from tests.sample import N_OBS, good_file, small

SUFFIXES = [".h5ad", ".zarr", ".h5mu"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_suffix_chooses_the_format(tmp_path, suffix):
    """What is written can be read, and nothing else is left in the folder."""
    path = tmp_path / "deep" / f"a{suffix}"
    write(small(), path)
    assert read(path).n_obs == N_OBS
    assert list(path.parent.iterdir()) == [path]


def test_an_unknown_suffix_is_a_mistake_of_the_call(tmp_path):
    """The known ones are listed."""
    with pytest.raises(UsageError, match=r"unknown suffix '\.rds'") as caught:
        write(small(), tmp_path / "a.rds")
    assert ".h5ad" in caught.value.fix


@pytest.mark.parametrize("link", ["hardlink_to", "symlink_to"])
def test_the_input_is_never_replaced(tmp_path, link):
    """Under its own name, or under another name of the same file."""
    path, other = good_file(tmp_path), tmp_path / "other.h5ad"
    before = digest_file(path)
    getattr(other, link)(path)
    for target in (path, other, tmp_path / "." / path.name):
        with pytest.raises(StoreError, match="is the file that was read") as caught:
            write_h5ad(small(), target, protect=path)
        assert (caught.value.code, caught.value.exit_code) == ("output.input", 5)
    assert digest_file(path) == before


def test_another_existing_file_is_replaced_whole(tmp_path):
    """By renaming: there is no moment with half a file."""
    path = tmp_path / "a.h5ad"
    path.write_text("old")
    write_h5ad(small(), path, protect=good_file(tmp_path))
    assert read(path).n_obs == N_OBS


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_is_never_replaced(tmp_path, suffix):
    """Also not an earlier store."""
    path = tmp_path / f"a{suffix}"
    path.mkdir()
    (path / "precious.txt").write_text("mine")
    with pytest.raises(StoreError, match="is an existing folder") as caught:
        write(small(), path)
    assert caught.value.code == "output.folder"
    assert (path / "precious.txt").read_text() == "mine"


def test_a_failed_write_leaves_the_old_file(tmp_path):
    """An object that cannot be written changes nothing on disk."""
    path = good_file(tmp_path)
    before = digest_file(path)
    adata = small()
    adata.uns["function"] = print
    with pytest.raises(Exception, match="No method registered for writing"):
        write_h5ad(adata, path)
    assert digest_file(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_store_needs_its_suffix(tmp_path):
    """Only folders that end in .zarr are made."""
    with pytest.raises(UsageError, match=r"the folder is named 'a\.zar'"):
        write_zarr(small(), tmp_path / "a.zar")


def test_a_mudata_is_written_whole(tmp_path):
    """Other modalities are kept; an AnnData becomes the modality gex."""
    with mudata.set_options(pull_on_update=False):
        whole = mudata.MuData({"gex": small(), "other": ad.AnnData(np.ones((3, 2), dtype=np.float32))})
    write_h5mu(whole, tmp_path / "whole.h5mu")
    write_h5mu(small(), tmp_path / "one.h5mu")
    with mudata.set_options(pull_on_update=False):
        assert sorted(mudata.read_h5mu(tmp_path / "whole.h5mu").mod) == ["gex", "other"]
        assert list(mudata.read_h5mu(tmp_path / "one.h5mu").mod) == ["gex"]
