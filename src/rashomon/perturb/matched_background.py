"""Matched backgrounds: as many receptors with the same V, J and length, and without what they have in common beyond."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError

__all__ = [
    "MATCH_LEVELS",
    "MIN_STRATUM",
    "MatchedPool",
    "ShuffledReceptors",
    "match_background",
    "shuffle_within_strata",
]

MATCH_LEVELS = ("V, J and length", "J and length", "length", "none")
"""What a receptor of a background was matched on, in the order of the codes; ``none``: it was left as it is."""

MIN_STRATUM = 20
"""Receptors that a stratum needs; with fewer, shuffled residues would be the old ones again."""

_NONE = len(MATCH_LEVELS) - 1


class ShuffledReceptors(NamedTuple):
    """Shuffled junctions, bytes, and the code in `MATCH_LEVELS` of the stratum of each; shapes ``(n,)``."""

    aa: np.ndarray
    level: np.ndarray


class MatchedPool(NamedTuple):
    """Positions in the pool (``-1``: none is left), and the code in `MATCH_LEVELS` of each match; shapes ``(n,)``."""

    indices: np.ndarray
    level: np.ndarray


def shuffle_within_strata(
    aa: np.ndarray, v: np.ndarray, j: np.ndarray, *, rng: np.random.Generator, keep: tuple[int, int] = (3, 3)
) -> ShuffledReceptors:
    """Return junctions whose inner residues are permuted, position by position, among receptors of one V, J and length.

    What a stratum has at each position stays as it is, so that V, J, length and the composition of positions are those
    of the data; which residues stand together in one receptor is chance. Motifs that receptors share are gone, and
    links that are left come from germline, length and composition.

    Parameters
    ----------
    aa
        Junctions with both anchors, bytes (``S``), shape ``(n,)``; empty ones stay empty.
    v, j
        Codes of V and J, shape ``(n,)``; negative: unknown, a gene like any other.
    rng
        Random numbers.
    keep
        Residues at the start and at the end that stay with their receptor: the germline ends, at least the anchors.

    Returns
    -------
    The junctions, in order, and what each was matched on. Receptors of a stratum of fewer than `MIN_STRATUM` are
    shuffled with the others of their J and length, then of their length; a receptor that has no partner even there
    stays as it is.

    Raises
    ------
    UsageError
        When the columns differ in length, junctions are no bytes, or `keep` would move an anchor.

    Notes
    -----
    It knows nothing of selection beyond the positions' own composition, and joint constraints of neighbouring residues
    are broken: `match_background` draws real receptors instead, where a pool of unselected ones is at hand.

    Examples
    --------
    >>> aa = np.array([b"CASRPGLF", b"CASKTELF"] * 10)
    >>> same = np.zeros(20, dtype=int)
    >>> found = shuffle_within_strata(aa, same, same, rng=np.random.default_rng(0))
    >>> sorted({junction[3:4].decode() for junction in found.aa}), MATCH_LEVELS[found.level[0]]
    (['K', 'R'], 'V, J and length')
    """
    junction = _checked(aa, v, j)
    if min(keep) < 1:
        raise UsageError(f"keep is {keep}", where="shuffle_within_strata", expected="at least 1 residue at each end")
    length = np.strings.str_len(junction).astype(np.int64)
    group, level = _strata(v, j, length)
    letters = junction.view(np.uint8).reshape(junction.size, junction.itemsize).copy()
    # strata have one length each, so that a position lies within all receptors of a stratum or within none
    movable = np.flatnonzero(level < _NONE)
    home = movable[np.argsort(group[movable], kind="stable")]
    start = np.append(np.flatnonzero(np.diff(group[home], prepend=-1)), home.size)
    inner = np.where(level < _NONE, length - keep[1], 0)
    key = np.empty(junction.size)
    for position in range(keep[0], junction.itemsize - keep[1]):
        rows = np.flatnonzero(position < inner)
        key[rows] = rng.random(rows.size)
        _permute(letters[:, position], home, start, inner, key, position)
    return ShuffledReceptors(letters.view(junction.dtype).reshape(-1), level)


def match_background(
    pool_aa: np.ndarray,
    pool_v: np.ndarray,
    pool_j: np.ndarray,
    aa: np.ndarray,
    v: np.ndarray,
    j: np.ndarray,
    *,
    rng: np.random.Generator,
) -> MatchedPool:
    """Draw receptors of a pool, for instance unselected blood, that have the V, J and length of the given ones.

    Parameters
    ----------
    pool_aa, pool_v, pool_j
        Junctions (bytes) and codes of V and J of the pool, shape ``(n_pool,)``.
    aa, v, j
        The same of the receptors to be matched, shape ``(n,)``; the codes mean the same genes as in the pool.
    rng
        Random numbers.

    Returns
    -------
    For each receptor a position in the pool, none twice, and what it was matched on: where the pool has too few of its
    V, J and length, one of its J and length, or of its length; ``-1`` where none is left.

    Raises
    ------
    UsageError
        When columns differ in length, or junctions are no bytes.

    Examples
    --------
    >>> pool = np.array([b"CASSF", b"CASTF", b"CASSLF"])
    >>> found = match_background(
    ...     pool, np.array([0, 1, 0]), np.zeros(3, int), np.array([b"CAWWF"]), np.array([1]), np.array([0]),
    ...     rng=np.random.default_rng(0),
    ... )
    >>> found.indices.tolist(), MATCH_LEVELS[found.level[0]]
    ([1], 'V, J and length')
    """
    pool, wanted = _checked(pool_aa, pool_v, pool_j), _checked(aa, v, j)
    genes = [np.concatenate([np.asarray(a), np.asarray(b)]) for a, b in ((pool_v, v), (pool_j, j))]
    length = np.concatenate([np.strings.str_len(pool), np.strings.str_len(wanted)])
    indices = np.full(wanted.size, -1, dtype=np.int64)
    level = np.full(wanted.size, _NONE, dtype=np.int8)
    unused = np.ones(pool.size, dtype=bool)
    for code, columns in enumerate(((*genes, length), (genes[1], length), (length,))):
        key = _numbered(*columns)
        # in random order, so that a pool that is too small serves no receptor first
        asked = rng.permutation(np.flatnonzero(indices < 0))
        offered = rng.permutation(np.flatnonzero(unused))
        row, found = _paired(key[pool.size :], asked, key[: pool.size], offered)
        indices[row], level[row], unused[found] = found, code, False
    return MatchedPool(indices, level)


@numba.njit(cache=True, nogil=True)
def _permute(
    column: np.ndarray, home: np.ndarray, start: np.ndarray, inner: np.ndarray, key: np.ndarray, position: int
) -> None:
    """Put the letters of each stratum in the order of `key`: sorts of a few receptors, not of all."""
    for k in range(start.size - 1):
        rows = home[start[k] : start[k + 1]]
        if position < inner[rows[0]]:
            drawn = column[rows[np.argsort(key[rows], kind="mergesort")]]
            for i in range(rows.size):
                column[rows[i]] = drawn[i]


def _checked(aa: np.ndarray, v: np.ndarray, j: np.ndarray) -> np.ndarray:
    junction = np.ascontiguousarray(aa)
    if junction.dtype.kind != "S":
        raise UsageError(f"junctions are of type {junction.dtype}", where="matched background", expected="bytes")
    if not junction.size == np.size(v) == np.size(j):
        raise UsageError(
            f"columns have {junction.size}, {np.size(v)} and {np.size(j)} rows",
            where="matched background",
            expected="junction, V and J of the same receptors",
        )
    return junction


def _numbered(*columns: np.ndarray) -> np.ndarray:
    """Return one code per combination."""
    group = np.zeros(np.size(columns[0]), dtype=np.int64)
    for column in columns:
        names, place = np.unique(column, return_inverse=True)
        group = np.unique(group * names.size + place, return_inverse=True)[1].astype(np.int64)
    return group


def _strata(v: np.ndarray, j: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the stratum of each receptor, and what it is matched on: the narrowest that has enough receptors."""
    group = np.full(length.size, -1, dtype=np.int64)
    level = np.full(length.size, _NONE, dtype=np.int8)
    n_groups = 0
    for code, columns in enumerate(((v, j, length), (j, length), (length,))):
        left = np.flatnonzero((level == _NONE) & (length > 0))
        if not left.size:
            break
        key = _numbered(*(np.asarray(column)[left] for column in columns))
        size = np.bincount(key)[key]
        enough = size >= (2 if code == _NONE - 1 else MIN_STRATUM)
        group[left[enough]], level[left[enough]] = n_groups + key[enough], code
        n_groups += int(key.max()) + 1
    return group, level


def _paired(
    wanted: np.ndarray, asked: np.ndarray, pool: np.ndarray, offered: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pair the k-th receptor asked for with the k-th offered of the same key, as far as there are any."""
    asked = asked[np.argsort(wanted[asked], kind="stable")]
    offered = offered[np.argsort(pool[offered], kind="stable")]
    keys = pool[offered]
    rank = np.arange(asked.size) - np.searchsorted(wanted[asked], wanted[asked], side="left")
    at = np.searchsorted(keys, wanted[asked], side="left") + rank
    some = at < np.searchsorted(keys, wanted[asked], side="right")
    return asked[some], offered[at[some]]
