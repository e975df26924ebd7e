"""What the numbers of a matrix are: counts, corrected counts, log-normalised values, or values logged twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import scipy.sparse as sp

from rashomon.dataset import ExpressionKind

__all__ = ["ValueKind", "classify", "is_integer"]

ValueKind = Literal[ExpressionKind, "logged_twice", "scaled"]

_ROWS = 300
"""Rows looked at, evenly spread."""

_CONSTANT = 0.01
"""Coefficient of variation below which sums of rows are called constant."""

_FITS = 0.8
"""Share of ratios that must be whole numbers; measured on eight real data sets: at least 0.99, else at most 0.6."""

_FEW = 10
"""Fewer ratios than this say nothing."""

_LARGEST_LOG = 20.0
"""No logarithm of a count per million exceeds this, in base 2 or e."""

_INTEGERS = 0.2
"""Corrected counts keep many whole numbers; logarithms have hardly any."""


def _same(v: np.ndarray) -> np.ndarray:
    return v


def _expm1(v: np.ndarray) -> np.ndarray:
    return np.asarray(np.expm1(v))


def _exp2m1(v: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp2(v) - 1.0)


def _twice(v: np.ndarray) -> np.ndarray:
    return _expm1(_expm1(v))


_INVERSES: tuple[tuple[Callable[[np.ndarray], np.ndarray], ValueKind, float], ...] = (
    (_same, "continuous", np.inf),
    (_expm1, "lognormalised", _LARGEST_LOG),
    (_exp2m1, "lognormalised", _LARGEST_LOG),
    (_twice, "logged_twice", float(np.log1p(_LARGEST_LOG))),
)
"""What undoes a transformation, the kind of values that it had made, and the largest value it can have made."""


def is_integer(x: sp.csr_matrix) -> bool:
    """Whether all values are non-negative whole numbers."""
    return bool((x.data >= 0).all() and (x.data == np.floor(x.data)).all())


def classify(x: sp.csr_matrix) -> ValueKind:
    """Return what the numbers of a finite matrix are.

    Parameters
    ----------
    x
        CSR, shape ``(n_obs, n_vars)``.

    Returns
    -------
    ``"counts"`` (non-negative integers), ``"scaled"`` (negative values), ``"lognormalised"``, ``"logged_twice"`` or
    ``"continuous"`` (linear scale, not integers).

    Notes
    -----
    Normalisation multiplies the counts of a cell by one number, so after undoing the logarithm the values of a cell are
    whole multiples of its smallest one, and, when all genes are there, all cells have the same sum. The transformation
    that makes most ratios whole, or else all sums equal, is the one that was applied. Where none does (imputed,
    corrected or coarsely rounded values), values up to 20 with few integers are called log-normalised.

    Examples
    --------
    >>> counts = sp.csr_matrix(np.random.default_rng(1).poisson(1.5, size=(20, 30)).astype(float))
    >>> classify(counts), classify((counts * 2.5).log1p()), classify(counts * 2.5)
    ('counts', 'lognormalised', 'continuous')
    """
    if x.nnz and float(x.data.min()) < 0:
        return "scaled"
    if is_integer(x):
        return "counts"
    rows = _some_rows(x)
    largest = float(x.data.max())
    possible = [(invert, kind) for invert, kind, limit in _INVERSES if largest <= limit]
    for fits in (_has_whole_ratios, _has_constant_sums):
        found = next((kind for invert, kind in possible if fits([invert(row) for row in rows])), None)
        if found is not None:
            return found
    integers = float((x.data == np.floor(x.data)).mean())
    return "lognormalised" if largest <= _LARGEST_LOG and integers < _INTEGERS else "continuous"


def _some_rows(x: sp.csr_matrix) -> list[np.ndarray]:
    filled = np.flatnonzero(np.diff(x.indptr) > 1)
    picked = filled[np.linspace(0, filled.size - 1, min(_ROWS, filled.size)).astype(np.int64)]
    return [x.data[x.indptr[i] : x.indptr[i + 1]].astype(np.float64) for i in picked]


def _has_whole_ratios(rows: list[np.ndarray]) -> bool:
    ratios = np.concatenate([row / row.min() for row in rows]) if rows else np.empty(0)
    # above 8 the tolerance would let any number pass; ties say nothing
    ratios = ratios[(ratios > 1.5) & (ratios < 8.5)]
    if ratios.size < _FEW:
        return False
    return bool((np.abs(ratios - np.rint(ratios)) < 0.005 * ratios).mean() >= _FITS)


def _has_constant_sums(rows: list[np.ndarray]) -> bool:
    sums = np.array([row.sum() for row in rows])
    return bool(sums.size > 2 and sums.std() < _CONSTANT * sums.mean())
