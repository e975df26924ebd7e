from itertools import pairwise

import anndata as ad
import h5py
import mudata
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr

from rashomon.core import Progress, StoreError, UsageError
from rashomon.io import read, read_adata, to_anndata, write, write_stream
from rashomon.io import stream as stream_module
from rashomon.io.stream import index_type

SUFFIXES = [".h5ad", ".zarr", ".h5mu"]
N_OBS, N_VARS = 60, 25
FACTS = {"mark": "simulated, not measured", "name": "w", "digest": "ab" * 32}


def counts(*, rate=0.4, dtype=np.float32):
    return sp.csr_matrix(np.random.default_rng(3).poisson(rate, size=(N_OBS, N_VARS)).astype(dtype))


def tables():
    obs = pd.DataFrame(
        {"type": ["T", "B"] * (N_OBS // 2), "depth": np.linspace(1, 2, N_OBS)},
        index=[f"cell{i}" for i in range(N_OBS)],
    )
    var = pd.DataFrame({"base": np.linspace(0, 1, N_VARS)}, index=[f"gene{j}" for j in range(N_VARS)])
    uns = {"rashomon": {"world": FACTS, "truths": {"type": "mechanism:external"}}}
    return {"obs": obs, "var": var, "uns": uns, "obsm": {"position": np.ones((N_OBS, 2), dtype=np.float32)}}


def cut(matrix, *, sizes=(7, 0, 1, 30, 22)):
    assert sum(sizes) == matrix.shape[0]
    ends = np.cumsum([0, *sizes])
    return (matrix[start:end] for start, end in pairwise(ends))


def reread(path):
    """As the library of the format reads it, without our door."""
    if path.suffix == ".h5mu":
        with mudata.set_options(pull_on_update=False):
            return mudata.read_h5mu(path)["gex"]
    return ad.read_zarr(path) if path.suffix == ".zarr" else ad.read_h5ad(path)


def assert_same(found, expected):
    for name in ("data", "indices", "indptr"):
        a, b = getattr(found.X, name), getattr(expected.X, name)
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    pd.testing.assert_frame_equal(found.obs, expected.obs)
    pd.testing.assert_frame_equal(found.var, expected.var)
    assert found.uns == expected.uns
    np.testing.assert_array_equal(found.obsm["position"], expected.obsm["position"])


@pytest.mark.parametrize("chunk", [2**18, 64, 1])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_blocks_make_the_file_that_the_whole_makes(tmp_path, monkeypatch, suffix, chunk):
    """Every format, read by its own library, holds the same object, however blocks and chunks lie to each other."""
    if chunk == 1 and suffix == ".zarr":
        chunk = 5  # a file for each number is slow
    monkeypatch.setattr(stream_module, "_CHUNK", chunk)
    whole, parts = tmp_path / f"whole{suffix}", tmp_path / f"parts{suffix}"
    assert write(to_anndata(counts(), **named(tables())), whole) == ()
    assert write_stream(parts, cut(counts()), **tables()) == ()
    assert_same(reread(parts), reread(whole))
    assert_same(read_without_file(parts), reread(whole))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([whole.name, parts.name])


def named(parts):
    return {"obs": parts["obs"], "var": parts["var"], "uns": parts["uns"], "obsm": parts["obsm"]}


def read_without_file(path):
    adata = read_adata(path)
    del adata.uns["rashomon"]["file"]
    return adata


def nodes(root):
    """Every group and array below a group with attributes, shape and type."""
    found = {}

    def visit(group, place):
        for name in group:
            node, inner = group[name], f"{place}/{name}"
            found[inner] = {key: str(value) for key, value in dict(node.attrs).items()}
            if hasattr(node, "shape"):
                found[inner] |= {"shape": node.shape, "dtype": str(node.dtype)}
            else:
                visit(node, inner)

    visit(root, "")
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_has_the_same_parts(tmp_path, suffix):
    """Groups, arrays, attributes, shapes and types are those of the whole, so that other tools read it too."""
    paths = [tmp_path / f"{name}{suffix}" for name in ("whole", "parts")]
    write(to_anndata(counts(), **named(tables())), paths[0])
    write_stream(paths[1], cut(counts()), **tables())
    if suffix == ".zarr":
        whole, parts = (nodes(zarr.open_group(path, mode="r", use_consolidated=False)) for path in paths)
        consolidated = nodes(zarr.open_group(paths[1], mode="r", use_consolidated=True))
        assert consolidated == parts
    else:
        with h5py.File(paths[0]) as a, h5py.File(paths[1]) as b:
            whole, parts = nodes(a), nodes(b)
            assert {name: str(value) for name, value in a.attrs.items()} == {
                name: str(value) for name, value in b.attrs.items()
            }
            assert a.userblock_size == b.userblock_size
            matrix = b["X"] if suffix == ".h5ad" else b["mod/gex/X"]
            assert matrix["data"].compression == "gzip"
    assert parts == whole


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_door_finds_counts(tmp_path, suffix):
    """The matrix is recognised, the truth is declared, and the data say that they are simulated."""
    path = tmp_path / f"a{suffix}"
    write_stream(path, cut(counts()), **tables())
    dataset = read(path)
    assert (dataset.expression.kind, dataset.expression.slot) == ("counts", "X")
    assert (dataset.expression.x != counts()).nnz == 0
    assert dataset.truths["type"].kind == "mechanism"
    assert (dataset.world.name, dataset.world.digest) == ("w", "ab" * 32)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cells_without_counts_are_written(tmp_path, suffix):
    """Also where all cells are empty at first, or all indices are 0: no chunk is left out."""
    parts = {**tables(), "uns": {}}
    empty = sp.csr_matrix((N_OBS, N_VARS), dtype=np.float32)
    write_stream(tmp_path / f"none{suffix}", [empty], **parts)
    assert reread(tmp_path / f"none{suffix}").X.nnz == 0
    first = sp.csr_matrix((np.ones(N_OBS, "f4"), (np.arange(N_OBS), np.zeros(N_OBS, int))), shape=(N_OBS, N_VARS))
    write_stream(tmp_path / f"first{suffix}", [first], **parts)
    assert (first != read_adata(tmp_path / f"first{suffix}").X).nnz == 0


def test_progress_is_told_after_each_block(tmp_path):
    """Cells written, of all cells; a block that is asked for has been preceded by the event of the one before."""
    events = []
    write_stream(tmp_path / "a.h5ad", cut(counts(), sizes=(20, 30, 10)), **tables(), listener=events.append)
    assert events == [Progress("cells written", done, N_OBS) for done in (20, 50, 60)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failure_while_blocks_are_made_leaves_nothing(tmp_path, suffix):
    """Neither a file nor a temporary one; what stood there before stays."""

    def broken():
        yield counts()[:30]
        raise ArithmeticError("the world ended")

    with pytest.raises(ArithmeticError, match="the world ended"):
        write_stream(tmp_path / f"a{suffix}", broken(), **tables())
    assert list(tmp_path.iterdir()) == []
    if suffix != ".zarr":
        (tmp_path / f"a{suffix}").write_text("old")
        with pytest.raises(ArithmeticError, match="the world ended"):
            write_stream(tmp_path / f"a{suffix}", broken(), **tables())
        assert (tmp_path / f"a{suffix}").read_text() == "old"


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        ([counts()[:59]], "there are 59 cells"),
        ([counts(), counts()[:1]], "there are more than 60 cells"),
        ([counts()[:30], counts()[30:, :24]], "the block after 30 cells is csr, 30 x 24"),
        ([counts().tocsc()], "the block after 0 cells is csc, 60 x 25"),
        ([counts().toarray()], "the block after 0 cells is ndarray, 60 x 25"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(tmp_path, blocks, what):
    """With the place, and nothing is written."""
    with pytest.raises(UsageError, match=what) as caught:
        write_stream(tmp_path / "a.h5ad", blocks, **tables())
    assert caught.value.where == "blocks"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_is_never_replaced(tmp_path, suffix):
    """No block is asked for."""
    path = tmp_path / f"a{suffix}"
    path.mkdir()
    blocks = cut(counts())
    with pytest.raises(StoreError, match="is an existing folder") as caught:
        write_stream(path, blocks, **tables())
    assert caught.value.code == "output.folder"
    assert next(blocks).shape[0] == 7


def test_names_choose_the_format(tmp_path):
    """An unknown suffix, and one in capitals, which a later reader would not know, are mistakes of the call."""
    with pytest.raises(UsageError, match=r"unknown suffix '\.loom'"):
        write_stream(tmp_path / "a.loom", [], **tables())
    with pytest.raises(UsageError, match=r"the file is named 'a\.H5AD'"):
        write_stream(tmp_path / "a.H5AD", [], **tables())


def test_what_no_file_can_hold_is_left_out_and_said(tmp_path):
    """As `write` does; the table of the caller is not changed."""
    parts = tables()
    parts["uns"] = {"function": print, "kept": 3}
    before = parts["obs"].copy()
    (note,) = write_stream(tmp_path / "a.h5ad", cut(counts()), **parts)
    assert note == "uns: function cannot be written and is left out of the copy [output.left_out]"
    assert ad.read_h5ad(tmp_path / "a.h5ad").uns == {"kept": 3}
    pd.testing.assert_frame_equal(parts["obs"], before)


def test_other_types_and_orders_become_canonical(tmp_path):
    """Whole numbers of any type are written as float32; unsorted and repeated entries as the sums they mean."""
    write_stream(tmp_path / "a.h5ad", cut(counts(dtype=np.int64)), **tables())
    assert ad.read_h5ad(tmp_path / "a.h5ad").X.dtype == np.float32
    odd = sp.csr_matrix(
        (np.ones(3, "f4"), np.array([4, 1, 4]), np.array([0, 3, *[3] * (N_OBS - 1)])), shape=(N_OBS, N_VARS)
    )
    write_stream(tmp_path / "b.h5ad", [odd], **tables())
    assert odd.nnz == 3
    found = ad.read_h5ad(tmp_path / "b.h5ad").X
    assert (found.indices.tolist(), found.data.tolist()) == ([1, 4], [1.0, 2.0])


def test_pointers_widen_where_they_must():
    """At 2**31 entries, which no test writes."""
    assert [index_type(n) for n in (0, 2**31 - 1, 2**31)] == [np.int32, np.int32, np.int64]
