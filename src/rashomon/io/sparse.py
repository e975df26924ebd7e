"""The full check of a sparse matrix, with NumPy alone: SciPy's own code trusts its arrays and can crash on bad ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import first_few
from rashomon.io.rule import refuse

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["check_all", "check_compressed", "check_coordinates"]


def check_compressed(matrix: Any, *, where: str) -> None:
    """Refuse a CSR or CSC matrix that contradicts itself.

    Parameters
    ----------
    matrix
        Anything with ``format``, ``shape``, ``data``, ``indices`` and ``indptr``. Order and repetition of indices are
        not errors.
    where
        Slot of the matrix, for messages.

    Raises
    ------
    InputError
        ``matrix.sparse`` with the row (CSR) or column (CSC) and the value found there.
    """
    by_row = matrix.format == "csr"
    major, minor = matrix.shape if by_row else matrix.shape[::-1]
    line, across = ("row", "column") if by_row else ("column", "row")
    data, indices, indptr = (np.asarray(part) for part in (matrix.data, matrix.indices, matrix.indptr))
    if indptr.size != major + 1 or data.size != indices.size:
        what = f"{data.size} values, {indices.size} indices and {indptr.size} pointers for {major} {line}s"
        raise refuse("matrix.sparse", what, where=where)
    if indptr[0] != 0 or indptr[-1] != indices.size:
        what = f"indptr runs from {indptr[0]} to {indptr[-1]}, and there are {indices.size} entries"
        raise refuse("matrix.sparse", what, where=f"{where}, indptr")
    falls = np.flatnonzero(np.diff(indptr) < 0)
    if falls.size:
        i = int(falls[0])
        what = f"indptr falls from {indptr[i]} to {indptr[i + 1]} at {line} {i}"
        raise refuse("matrix.sparse", what, where=f"{where}, {line}s {first_few(falls)}")
    wrong = np.flatnonzero((indices < 0) | (indices >= minor))
    if wrong.size:
        lines = np.unique(np.searchsorted(indptr, wrong, side="right") - 1)
        what = f"{wrong.size} indices lie outside the matrix; the first is {across} {indices[wrong[0]]} of {minor}"
        raise refuse("matrix.sparse", what, where=f"{where}, {line}s {first_few(lines)}")


def check_coordinates(matrix: Any, *, where: str) -> None:
    """Refuse a COO matrix with positions outside its shape.

    Parameters
    ----------
    matrix
        Anything with ``shape``, ``row`` and ``col``.
    where
        Slot of the matrix, for messages.

    Raises
    ------
    InputError
        ``matrix.sparse`` with the first position.
    """
    for what, positions, size in (("row", matrix.row, matrix.shape[0]), ("column", matrix.col, matrix.shape[1])):
        wrong = np.flatnonzero((positions < 0) | (positions >= size))
        if wrong.size:
            text = (
                f"{wrong.size} entries lie outside the matrix; the first is in {what} {positions[wrong[0]]} of {size}"
            )
            raise refuse("matrix.sparse", text, where=where)


def check_all(adata: AnnData, *, where: str) -> None:
    """Refuse an AnnData in which any sparse matrix contradicts itself, also one that nobody asked for.

    Copying, subsetting and writing touch all of them, and any of these can crash the process.

    Parameters
    ----------
    adata
        In memory.
    where
        Name of the file, for messages.

    Raises
    ------
    InputError
        ``matrix.sparse``.
    """
    for slot, matrix in _matrices(adata):
        if matrix.format in {"csr", "csc"}:
            check_compressed(matrix, where=f"{where}:{slot}")


def _matrices(adata: AnnData) -> Iterator[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = [(name, getattr(adata, name)) for name in _SLOTS]
    groups.append(("", {"X": adata.X} | ({} if adata.raw is None else {"raw/X": adata.raw.X})))
    while groups:
        name, group = groups.pop()
        for key, value in group.items():
            slot = f"{name}/{key}".lstrip("/")
            if isinstance(value, Mapping):
                groups.append((slot, value))
            elif sp.issparse(value):
                yield slot, value


_SLOTS = ("layers", "obsm", "varm", "obsp", "varp", "uns")
