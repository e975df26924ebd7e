"""One matrix at the door: to CSR without touching the original, values checked, and what its numbers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import first_few
from rashomon.io.rule import refuse, remark
from rashomon.io.sparse import check_compressed, check_coordinates

__all__ = ["BUDGET", "Matrix", "check_values", "to_csr"]

BUDGET = 8 * 2**30
"""Memory budget in bytes, unless the caller gives another."""

_EXACT = 2**24
"""Integers above this are rounded in float32."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix that passed the format check.

    Parameters
    ----------
    x
        Canonical CSR (sorted, no repeated entries, no stored zeros), ``float32``; shares nothing with the original.
    slot
        Where it was found.
    notes
        What was repaired.
    """

    x: sp.csr_matrix
    slot: str
    notes: tuple[str, ...] = ()


def to_csr(values: Any, *, slot: str, shape: tuple[int, int], budget: int = BUDGET) -> Matrix:
    """Return a matrix of any kind as canonical CSR.

    Parameters
    ----------
    values
        Dense array or SciPy sparse matrix (CSR, CSC, COO, ...); not changed.
    slot
        Where it was found, for messages.
    shape
        Number of cells and genes it must have.
    budget
        Memory budget in bytes, for dense matrices.

    Raises
    ------
    InputError
        ``matrix.lazy``, ``matrix.dtype``, ``matrix.shape``, ``matrix.budget`` or ``matrix.sparse``.
    """
    _check_kind(values, slot)
    if tuple(values.shape) != shape:
        raise refuse(
            "matrix.shape",
            f"the matrix is {values.shape[0]} x {values.shape[1]}",
            where=slot,
            expected=f"{shape[0]} x {shape[1]}",
        )
    notes: list[str] = []
    if sp.issparse(values):
        x = _from_sparse(values, slot, notes)
    else:
        if values.nbytes > budget:
            raise refuse(
                "matrix.budget",
                f"a dense matrix of {values.nbytes:,} bytes",
                where=slot,
                expected=f"at most {budget:,} bytes",
            )
        x = sp.csr_matrix(values.astype(np.float32) if values.dtype == np.float16 else np.asarray(values))
    if x.dtype.kind in "iu" and x.nnz and int(x.data.max()) > _EXACT:
        n = int((x.data.astype(np.float32).astype(np.float64) != x.data).sum())
        what = f"{n} counts above {_EXACT:,} were rounded to float32"
        notes += [remark("matrix.rounded", what, where=slot)] if n else []
    if values.dtype == np.float16:
        notes.append(remark("matrix.float16", "float16 was widened to float32", where=slot))
    x = sp.csr_matrix((x.data.astype(np.float32), x.indices, x.indptr), shape=shape)
    x.eliminate_zeros()
    return Matrix(x, slot, tuple(notes))


def _check_kind(values: Any, slot: str) -> None:
    dtype = np.dtype(getattr(values, "dtype", object))
    name = f"{type(values).__module__.partition('.')[0]} {type(values).__name__}"
    if not sp.issparse(values) and not isinstance(values, np.ndarray):
        fix = "call .compute() first" if name.startswith("dask") else None
        raise refuse("matrix.lazy", f"the matrix is a {name}", where=slot, fix=fix)
    if isinstance(values, np.ma.MaskedArray):
        raise refuse("matrix.dtype", "the matrix is a masked array", where=slot, fix="fill it: adata.X.filled(0)")
    if dtype.kind not in "iuf":
        raise refuse("matrix.dtype", f"the matrix holds {dtype}", where=slot)


def _from_sparse(values: Any, slot: str, notes: list[str]) -> sp.csr_matrix:
    if values.format in {"csr", "csc"}:
        check_compressed(values, where=slot)
    elif values.format == "coo":
        check_coordinates(values, where=slot)
    x = sp.csr_matrix(values, copy=True)
    before = x.nnz
    x.sum_duplicates()
    if x.nnz < before:
        what = f"{before - x.nnz} entries that were stored twice were added up"
        notes.append(remark("matrix.entries_twice", what, where=slot))
    return x


def check_values(matrix: Matrix, *, obs_names: np.ndarray, var_names: np.ndarray) -> None:
    """Refuse NaN, infinite and negative values, with the first five positions.

    Parameters
    ----------
    matrix
        Matrix to check.
    obs_names, var_names
        Names of cells and genes, for messages.

    Raises
    ------
    InputError
        ``matrix.nan``, ``matrix.inf`` or ``matrix.negative``.
    """
    data = matrix.x.data
    for code, what, wrong in (
        ("matrix.nan", "NaN", np.isnan(data)),
        ("matrix.inf", "infinite", np.isinf(data)),
        ("matrix.negative", "negative", data < 0),
    ):
        n = int(wrong.sum())
        if n:
            at = np.flatnonzero(wrong)
            values = "" if code == "matrix.nan" else f"; the first is {data[at[0]]:g}"
            places = first_few(_places(matrix.x, at, obs_names, var_names))
            raise refuse(code, f"{n} of {data.size} stored values are {what}{values}", where=f"{matrix.slot}: {places}")


def _places(x: sp.csr_matrix, at: np.ndarray, obs_names: np.ndarray, var_names: np.ndarray) -> list[str]:
    shown = at[:5]
    rows = np.searchsorted(x.indptr, shown, side="right") - 1
    named = [f"({obs_names[row]}, {var_names[x.indices[i]]})" for row, i in zip(rows, shown, strict=True)]
    # the others are counted, not named
    return named + [""] * (at.size - shown.size)
