"""What is odd about a sound matrix: cells or genes without counts, repeated cells, one cell or gene that holds most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from rashomon.core import first_few
from rashomon.io.matrix import Matrix
from rashomon.io.rule import remark

__all__ = ["profile", "repeated_rows"]

_MOST = 0.5
"""Share of all counts above which one cell or gene is pointed out."""

_FEW = 10
"""With fewer cells or genes than this, one holds much of the counts by itself."""


def profile(matrix: Matrix, *, obs_names: np.ndarray, var_names: np.ndarray) -> tuple[str, ...]:
    """Return notes on a matrix whose format and values are sound.

    Parameters
    ----------
    matrix
        Canonical CSR, finite and not negative.
    obs_names, var_names
        Names of cells and genes, for the notes.

    Returns
    -------
    Notes ``matrix.empty_cells``, ``matrix.empty_genes``, ``matrix.repeated_rows``, ``matrix.outlier``.
    """
    return (
        *_empty(matrix, obs_names, var_names),
        *_repeated(matrix, obs_names),
        *_outliers(matrix, obs_names, var_names),
    )


def _empty(matrix: Matrix, obs_names: np.ndarray, var_names: np.ndarray) -> Iterator[str]:
    cells = np.flatnonzero(np.diff(matrix.x.indptr) == 0)
    genes = np.flatnonzero(np.bincount(matrix.x.indices, minlength=matrix.x.shape[1]) == 0)
    for code, what, empty, labels in (
        ("matrix.empty_cells", "cells", cells, obs_names),
        ("matrix.empty_genes", "genes", genes, var_names),
    ):
        if empty.size:
            shown = first_few(labels[empty], n=3)
            yield remark(code, f"{empty.size} {what} have no counts and are kept ({shown})", where=matrix.slot)


def _repeated(matrix: Matrix, obs_names: np.ndarray) -> Iterator[str]:
    groups = repeated_rows(matrix.x)
    if groups:
        n = sum(group.size for group in groups)
        shown = "; ".join(" = ".join(map(str, obs_names[group[:2]])) for group in groups[:3])
        what = f"{n} cells have the same expression as another one ({shown})"
        yield remark("matrix.repeated_rows", what, where=matrix.slot)


def repeated_rows(x: sp.csr_matrix) -> list[np.ndarray]:
    """Return groups of rows that are equal and not empty.

    Parameters
    ----------
    x
        Canonical CSR.

    Returns
    -------
    Positions of the rows of each group, two or more, in the order of the rows.

    Notes
    -----
    Rows with equal sums of position- and value-dependent 64-bit numbers are compared entry by entry, so that the
    result is exact and the cost linear.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[1.0, 2.0], [0.0, 3.0], [1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]))
    >>> [group.tolist() for group in repeated_rows(x)]
    [[0, 2]]
    """
    filled = np.flatnonzero(np.diff(x.indptr))
    if filled.size < 2:
        return []
    # products of odd constants and bits of the values wrap around: a hash, not arithmetic
    bits = np.ascontiguousarray(x.data, dtype=np.float32).view(np.uint32).astype(np.uint64)
    mixed = (bits + np.uint64(0x9E3779B97F4A7C15)) * (x.indices.astype(np.uint64) * np.uint64(2) + np.uint64(1))
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    hashes = np.add.reduceat(mixed, x.indptr[filled])
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(hashes[order]) != 0])
    found: list[np.ndarray] = []
    for alike in np.split(order, starts[1:]):
        if alike.size > 1:
            found += _equal(x, np.sort(filled[alike]))
    return sorted(found, key=lambda group: int(group[0]))


def _equal(x: sp.csr_matrix, rows: np.ndarray) -> list[np.ndarray]:
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for row in rows:
        part = slice(x.indptr[row], x.indptr[row + 1])
        groups.setdefault((x.indices[part].tobytes(), x.data[part].tobytes()), []).append(int(row))
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _outliers(matrix: Matrix, obs_names: np.ndarray, var_names: np.ndarray) -> Iterator[str]:
    x = matrix.x.astype(np.float64)
    for what, axis, names in (("cell", 1, obs_names), ("gene", 0, var_names)):
        sums = np.asarray(x.sum(axis=axis)).ravel()
        if sums.size >= _FEW and sums.max() > _MOST * sums.sum():
            i = int(sums.argmax())
            said = f"{what} {names[i]} holds {sums[i] / sums.sum():.0%} of everything"
            yield remark("matrix.outlier", said, where=matrix.slot)
