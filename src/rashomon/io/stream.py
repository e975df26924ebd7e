"""Files out, block by block: the matrix is never held as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import Listener, Progress, UsageError, publish
from rashomon.core.slots import EXPRESSION
from rashomon.io.assemble import to_anndata
from rashomon.io.storable import storable
from rashomon.io.write import PUT, known_suffix, refuse_target

__all__ = ["index_type", "write_stream"]

_CHUNK = 2**18
"""Numbers in a chunk of the file (a megabyte of values): few enough chunks for a store of files, small to read."""

_TASK = "cells written"


def write_stream(
    path: Path | str,
    blocks: Iterable[sp.csr_matrix],
    *,
    obs: pd.DataFrame,
    var: pd.DataFrame,
    uns: Mapping[str, Any],
    obsm: Mapping[str, np.ndarray] | None = None,
    listener: Listener | None = None,
) -> tuple[str, ...]:
    """Write an AnnData whose matrix comes in blocks of cells; the file is what `rashomon.io.write` would write.

    Everything but the matrix is written first, so that what no file can hold is found before the first block is made.
    Nothing half-written is left where it fails, or where `blocks` does.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr`` or ``.h5mu`` (modality ``gex``).
    blocks
        CSR of the next cells each, in the order of `obs`, shape ``(any, n_vars)``; written as ``float32``.
    obs, var, uns, obsm
        As in `to_anndata`; held in memory.
    listener
        Receives progress events, "cells written".

    Returns
    -------
    Notes on what the format cannot hold and was left out, as `rashomon.io.write` returns them.

    Raises
    ------
    StoreError
        When `path` is a folder, or cannot be written.
    UsageError
        When the suffix is unknown, or blocks and tables disagree on the number of cells or genes.

    Notes
    -----
    Memory: one block, the tables, 8 bytes per cell, and some chunks of a megabyte.

    Examples
    --------
    >>> import anndata, tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.h5ad"
    >>> obs, var = (pd.DataFrame(index=[f"{kind}{i}" for i in range(4)]) for kind in "cg")
    >>> write_stream(file, (sp.csr_matrix(np.eye(2, 4, dtype="f4")) for _ in range(2)), obs=obs, var=var, uns={})
    ()
    >>> anndata.read_h5ad(file).X.toarray().sum(axis=0)
    array([2., 2., 0., 0.], dtype=float32)
    """
    suffix, target = known_suffix(path), Path(path)
    refuse_target(target, None)
    if target.suffix != suffix:
        raise UsageError(
            f"the file is named {target.name!r}", where=str(path), expected=f"a name that ends in {suffix}"
        )
    # an empty matrix holds the place, and has the attributes that anndata gives a matrix
    shape = (len(obs), len(var))
    pointers = np.zeros(shape[0] + 1, np.int32)
    empty = sp.csr_matrix((np.empty(0, np.float32), np.empty(0, np.int32), pointers), shape=shape)
    frame, notes = storable(to_anndata(empty, obs, var, uns, obsm=obsm))
    with publish(target) as temporary:
        PUT[suffix](frame, temporary)
        with _OPEN[suffix](temporary) as (group, create):
            for part in ("data", "indices", "indptr"):
                del group[part]
            _write_matrix(group, create, _checked(blocks, shape, listener), n_vars=shape[1])
    return notes


def index_type(largest: int) -> type[np.signedinteger[Any]]:
    """Return the type of indices, or of pointers, whose largest value is `largest`: 32 bits where they suffice.

    Examples
    --------
    >>> index_type(2**31 - 1).__name__, index_type(2**31).__name__
    ('int32', 'int64')
    """
    return np.int32 if largest < 2**31 else np.int64


def _checked(
    blocks: Iterable[sp.csr_matrix], shape: tuple[int, int], listener: Listener | None
) -> Iterator[sp.csr_matrix]:
    """Yield canonical blocks, and say how far they have come once each is written."""
    done = 0
    for block in blocks:
        form = getattr(block, "format", type(block).__name__)
        if form != "csr" or block.shape[1] != shape[1]:
            what = f"the block after {done} cells is {form}, {' x '.join(map(str, block.shape))}"
            raise UsageError(what, where="blocks", expected=f"csr with {shape[1]} columns, as var has rows")
        done += block.shape[0]
        if done > shape[0]:
            raise UsageError(f"there are more than {done - 1} cells", where="blocks", expected=f"{shape[0]}, as in obs")
        if not block.has_canonical_format:
            block = block.copy()  # noqa: PLW2901 - the caller's block is not changed
            block.sum_duplicates()
        yield block
        if listener is not None:
            listener(Progress(_TASK, done, shape[0]))
    if done != shape[0]:
        raise UsageError(f"there are {done} cells", where="blocks", expected=f"{shape[0]}, as in obs")


def _write_matrix(
    group: Any, create: Callable[[Any, str, type], Any], blocks: Iterable[sp.csr_matrix], *, n_vars: int
) -> None:
    data = _Growing(create(group, "data", np.float32))
    indices = _Growing(create(group, "indices", index_type(n_vars)))
    lengths: list[np.ndarray] = [np.zeros(1, dtype=np.int64)]
    for block in blocks:
        data.append(block.data)
        indices.append(block.indices)
        lengths.append(np.diff(block.indptr))
    pointers = np.cumsum(np.concatenate(lengths), dtype=np.int64)
    indptr = _Growing(create(group, "indptr", index_type(int(pointers[-1]))))
    indptr.append(pointers)
    for column in (data, indices, indptr):
        column.finish()


class _Growing:
    """An array of a file that is written in whole chunks: a chunk that is touched twice is compressed twice."""

    def __init__(self, array: Any) -> None:
        self.array, self.n = array, 0
        self.kept: list[np.ndarray] = []

    def append(self, values: np.ndarray) -> None:
        self.kept.append(values.astype(self.array.dtype))
        waiting = sum(part.size for part in self.kept)
        if waiting >= _CHUNK:
            joined = np.concatenate(self.kept)
            whole = waiting - waiting % _CHUNK
            self._write(joined[:whole])
            self.kept = [joined[whole:].copy()]

    def finish(self) -> None:
        self._write(np.concatenate([*self.kept, np.empty(0, self.array.dtype)]))
        self.kept = []

    def _write(self, values: np.ndarray) -> None:
        if values.size:
            end = self.n + values.size
            self.array.resize((end,))
            self.array[self.n : end] = values
            self.n = end


@contextmanager
def _open_hdf5(path: Path, place: str) -> Iterator[tuple[Any, Callable[[Any, str, type], Any]]]:
    import h5py

    def create(group: Any, name: str, dtype: type) -> Any:
        return group.create_dataset(
            name, shape=(0,), maxshape=(None,), chunks=(_CHUNK,), dtype=dtype, compression="gzip"
        )

    with h5py.File(path, "r+") as file:
        yield file[place], create


@contextmanager
def _open_zarr(path: Path) -> Iterator[tuple[Any, Callable[[Any, str, type], Any]]]:
    import zarr

    def create(group: Any, name: str, dtype: type) -> Any:
        # a chunk of zeros is written too: to the door, an absent one is a damaged store
        return group.create_array(name, shape=(0,), chunks=(_CHUNK,), dtype=dtype, config={"write_empty_chunks": True})

    root = zarr.open_group(path, mode="r+", zarr_format=2, use_consolidated=False)
    yield root["X"], create
    zarr.consolidate_metadata(root.store, zarr_format=2)


_OPEN: Mapping[str, Callable[[Path], Any]] = {
    ".h5ad": lambda path: _open_hdf5(path, "X"),
    ".h5mu": lambda path: _open_hdf5(path, f"mod/{EXPRESSION}/X"),
    ".zarr": _open_zarr,
}
"""By suffix: the group of the matrix, and how an array is made in it."""
