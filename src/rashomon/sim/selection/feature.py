"""Features of a receptor chain on which selection acts: length, V, J, their pair, and residues counted from both ends.

The features are those of SONIA (Sethna et al., PNAS 2020); the code is our own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.core.thread import run_threads

__all__ = ["KINDS", "RESIDUES", "FeatureSpace", "add_weights", "count_features", "feature_codes", "letters_of"]

RESIDUES = b"ACDEFGHIKLMNPQRSTVWY"
"""Residues in the order of their codes."""

KINDS = ("length", "v", "j", "vj", "left", "right")
"""Kinds of features in the order of their codes."""

_N_FIXED = 4
"""Features of a chain that are no residues: length, V, J and V with J."""

_CODE = np.full(256, -1, dtype=np.int8)
_CODE[list(RESIDUES)] = np.arange(20)
_BLOCK = 16384


@dataclass(frozen=True)
class FeatureSpace:
    """Which features there are; codes count through the kinds in the order of `KINDS`.

    Parameters
    ----------
    n_v, n_j
        Groups of V genes and of J genes that are told apart.
    max_length
        Residues of a junction; longer ones share the last length.
    depth
        Positions counted from each end.

    Examples
    --------
    >>> space = FeatureSpace(n_v=3, n_j=2, max_length=25, depth=12)
    >>> space.shapes["vj"], space.size
    ((3, 2), 517)
    """

    n_v: int
    n_j: int
    max_length: int
    depth: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of the table of each kind."""
        sides = (self.depth, len(RESIDUES))
        every = ((self.max_length + 1,), (self.n_v,), (self.n_j,), (self.n_v, self.n_j), sides, sides)
        return dict(zip(KINDS, every, strict=True))

    @property
    def starts(self) -> np.ndarray:
        """First code of each kind, and the number of all codes; ``int64``."""
        sizes = [int(np.prod(shape)) for shape in self.shapes.values()]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @property
    def size(self) -> int:
        """Number of features."""
        return int(self.starts[-1])


def letters_of(junction_aa: np.ndarray) -> np.ndarray:
    """Return codes of the residues, ``int8``, shape ``(n, width)``; -1 past the end, -2 for what is no residue.

    Parameters
    ----------
    junction_aa
        Junctions, dtype ``S``, shape ``(n,)``.

    Raises
    ------
    UsageError
        When the junctions are not an array of bytes.

    Examples
    --------
    >>> letters_of(np.array([b"CAF", b"C*"]))
    array([[ 1,  0,  4],
           [ 1, -2, -1]], dtype=int8)
    """
    sequences = np.ascontiguousarray(junction_aa)
    if sequences.dtype.kind != "S" or sequences.ndim != 1:
        raise UsageError(
            f"junctions are of type {sequences.dtype}, with {sequences.ndim} dimensions",
            where="junction_aa",
            expected="one-dimensional array of bytes",
            fix="use np.array(junctions, dtype=bytes)",
            code="selection.junction",
        )
    raw = sequences.view(np.uint8).reshape(sequences.size, sequences.dtype.itemsize)
    codes = _CODE[raw]
    codes[(codes < 0) & (raw > 0)] = -2
    return np.asarray(codes)


def feature_codes(letters: np.ndarray, v: np.ndarray, j: np.ndarray, *, space: FeatureSpace) -> np.ndarray:
    """Return the features of each chain.

    Parameters
    ----------
    letters
        From `letters_of`.
    v, j
        Group of the V and of the J gene of each chain, integers, shape ``(n,)``; -1: outside the model.
    space
        Features that there are.

    Returns
    -------
    Codes, ``int32``, shape ``(n, 4 + 2 * depth)``: length, V, J, V with J, residues from the left, residues from the
    right; -1 where the junction is shorter than the position. All are -1 where the junction is empty or holds
    something else than the 20 residues, or V or J are outside the model.

    Examples
    --------
    >>> space = FeatureSpace(n_v=1, n_j=1, max_length=4, depth=2)
    >>> feature_codes(letters_of(np.array([b"CAF"])), np.array([0]), np.array([0]), space=space)
    array([[ 3,  5,  6,  7,  9, 28, 52, 68]], dtype=int32)
    """
    codes = np.empty((letters.shape[0], _N_FIXED + 2 * space.depth), dtype=np.int32)
    v, j = np.asarray(v, dtype=np.int64), np.asarray(j, dtype=np.int64)
    starts = space.starts

    def work(first: int) -> None:
        rows = slice(first, first + _BLOCK)
        _fill_codes(letters[rows], v[rows], j[rows], starts, space.n_j, space.max_length, codes[rows])

    run_threads(work, range(0, codes.shape[0], _BLOCK))
    return codes


def add_weights(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sum of the weights of the features of each chain, ``float64``; NaN for chains without features.

    Parameters
    ----------
    codes
        From `feature_codes`.
    weights
        One per feature, ``float64``.
    """
    total = np.empty(codes.shape[0])

    def work(first: int) -> None:
        rows = slice(first, first + _BLOCK)
        _sum_weights(codes[rows], weights, total[rows])

    run_threads(work, range(0, codes.shape[0], _BLOCK))
    return total


def count_features(codes: np.ndarray, mass: np.ndarray, *, size: int) -> np.ndarray:
    """Return the mass of the chains with each feature, ``float64``, shape ``(size,)``.

    Parameters
    ----------
    codes
        From `feature_codes`.
    mass
        Of each chain, ``float64``.
    size
        Number of features.
    """
    # parts of fixed size, added in order: the same bits for any number of threads
    parts = np.zeros((16, size))
    edges = np.linspace(0, codes.shape[0], parts.shape[0] + 1).astype(np.int64)

    def work(part: int) -> None:
        rows = slice(edges[part], edges[part + 1])
        _add_mass(codes[rows], mass[rows], parts[part])

    run_threads(work, range(parts.shape[0]))
    return np.asarray(parts.sum(axis=0))


@numba.njit(cache=True, nogil=True)
def _fill_codes(
    letters: np.ndarray,
    v: np.ndarray,
    j: np.ndarray,
    starts: np.ndarray,
    n_j: int,
    max_length: int,
    codes: np.ndarray,
) -> None:
    depth = (codes.shape[1] - 4) // 2
    for i in range(letters.shape[0]):
        length, whole = 0, v[i] >= 0 and j[i] >= 0
        while length < letters.shape[1] and letters[i, length] != -1:
            whole = whole and letters[i, length] >= 0
            length += 1
        codes[i] = -1
        if not whole or length == 0:
            continue
        codes[i, 0] = starts[0] + min(length, max_length)
        codes[i, 1] = starts[1] + v[i]
        codes[i, 2] = starts[2] + j[i]
        codes[i, 3] = starts[3] + v[i] * n_j + j[i]
        for k in range(min(depth, length)):
            codes[i, 4 + k] = starts[4] + 20 * k + letters[i, k]
            codes[i, 4 + depth + k] = starts[5] + 20 * k + letters[i, length - 1 - k]


@numba.njit(cache=True, nogil=True)
def _sum_weights(codes: np.ndarray, weights: np.ndarray, total: np.ndarray) -> None:
    for i in range(codes.shape[0]):
        total[i] = 0.0 if codes[i, 0] >= 0 else np.nan
        for k in range(codes.shape[1]):
            if codes[i, k] >= 0:
                total[i] += weights[codes[i, k]]


@numba.njit(cache=True, nogil=True)
def _add_mass(codes: np.ndarray, mass: np.ndarray, total: np.ndarray) -> None:
    for i in range(codes.shape[0]):
        for k in range(codes.shape[1]):
            if codes[i, k] >= 0:
                total[codes[i, k]] += mass[i]
