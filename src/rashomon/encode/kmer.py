"""How often each k-mer occurs in each junction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.packed import Trim, pack, require_letters, require_trim
from rashomon.encode.reduced_alphabet import ALPHABETS

__all__ = ["POSITIONS", "count_kmers", "kmer_names", "kmer_patterns"]

POSITIONS = (*map(str, range(104, 112)), "111.1", "112.1", *map(str, range(112, 119)))
"""IMGT positions of a junction, in their order. Insertions are pooled: 111.1 stands for 111.1, 111.2, ..., and 112.1
for those before 112. Of the residues of a junction, the first half (rounded up) is counted from 104 on, the rest back
from 118 (Lefranc et al. 2003, Developmental & Comparative Immunology 27:55)."""

_MOST = 2**31 - 1
_FIRST, _LAST = 8, 7
"""Positions without insertion on the left (104 to 111) and on the right (112 to 118)."""


def count_kmers(
    junctions: np.ndarray | Sequence[str],
    *,
    k: int = 3,
    n_gaps: int = 0,
    positional: bool = False,
    alphabet: str = "amino_acids",
    trim: Trim = (0, 0),
) -> sp.csr_matrix:
    """Count the k-mers of junctions.

    Parameters
    ----------
    junctions
        Amino acids in one-letter code: bytes (``S``) or text, shape ``(n,)``. Unknown junctions (empty) and those
        shorter than `k` have rows without entries.
    k
        Length of the window, 1 or more.
    n_gaps
        Places within the window where any residue will do, never its first or last one: with ``k=4, n_gaps=1`` the
        patterns ``X.XX`` and ``XX.X`` are counted. See `kmer_patterns`.
    positional
        Whether k-mers at different IMGT positions (of their first residue; see `POSITIONS`) are different. Needs whole
        junctions, from the conserved C to the F or W, as counted by IMGT.
    alphabet
        A name in `ALPHABETS`; residues of a group count as the same.
    trim
        Residues left out at the start and at the end, before k-mers are taken; positions stay those of the whole
        junction.

    Returns
    -------
    ``float32`` CSR with sorted indices, shape ``(n, n_patterns * n_letters ** (k - n_gaps))``, times the number of
    positions if `positional`. Columns are named by `kmer_names`: alphabetical over all words, 8,000 for 3-mers.

    Raises
    ------
    UsageError
        When a letter is no amino acid (names the rows), or `k`, `n_gaps`, `alphabet` or `trim` is not possible.

    Notes
    -----
    Equal to ``CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False, vocabulary=kmer_names(k=k))`` of
    scikit-learn where there are no gaps, positions and groups.

    Examples
    --------
    >>> counts = count_kmers(["CASSF", "CAAAF"], k=2)
    >>> [kmer_names(k=2)[column] for column in counts[1].indices], counts[1].data.tolist()
    (['AA', 'AF', 'CA'], [2.0, 1.0, 1.0])
    """
    require_trim(trim)
    patterns, letters = kmer_patterns(k=k, n_gaps=n_gaps), ALPHABETS[alphabet]
    n_words = len(letters.letters) ** (k - n_gaps)
    n_columns = n_words * len(patterns) * (len(POSITIONS) if positional else 1)
    if n_columns > _MOST:
        raise UsageError(
            f"there are {n_columns:,} k-mers", where="count_kmers", expected=f"{_MOST:,} or fewer", fix="lower k"
        )
    packed, table = pack(junctions), letters.table
    require_letters(packed, table)
    kept = np.maximum(packed.length - sum(trim) - k + 1, 0)
    places = np.array([[at for at in range(k) if pattern[at] == "X"] for pattern in patterns], dtype=np.int64)
    size = int(kept.sum()) * len(patterns)
    indptr, indices, data = _count(*packed, table, places, np.array([k, *trim]), positional, len(letters.letters), size)
    narrow = indptr.astype(np.int32) if indptr[-1] <= _MOST else indptr
    counts = sp.csr_matrix((data, indices, narrow), shape=(packed.length.size, n_columns))
    counts.has_sorted_indices = counts.has_canonical_format = True
    return counts


def kmer_patterns(*, k: int = 3, n_gaps: int = 0) -> tuple[str, ...]:
    """Return the patterns of a window in alphabetical order: ``X`` is compared, ``.`` is any residue.

    Parameters
    ----------
    k
        Length of the window.
    n_gaps
        Places where any residue will do; the first and the last one are always compared.

    Raises
    ------
    UsageError
        When there is no such pattern.

    Examples
    --------
    >>> kmer_patterns(k=4, n_gaps=1)
    ('X.XX', 'XX.X')
    """
    if k < 1 or not 0 <= n_gaps <= max(k - 2, 0):
        raise UsageError(
            f"there are no {k}-mers with {n_gaps} gaps",
            where="k-mers",
            expected="k of 1 or more, and gaps between the first and the last residue only",
        )
    gaps = combinations(range(1, k - 1), n_gaps)
    return tuple(sorted("".join("." if at in gap else "X" for at in range(k)) for gap in gaps))


def kmer_names(
    *, k: int = 3, n_gaps: int = 0, positional: bool = False, alphabet: str = "amino_acids"
) -> tuple[str, ...]:
    """Return the names of the columns of `count_kmers`.

    Parameters
    ----------
    k, n_gaps, positional, alphabet
        As there.

    Returns
    -------
    Words by position, within it by pattern, within it in alphabetical order; ``105:A.S`` is a word at position 105.
    A group of residues is written as the first of its letters.

    Raises
    ------
    UsageError
        When there are no such k-mers.

    Examples
    --------
    >>> kmer_names(k=1, alphabet="imgt_hydropathy_3"), kmer_names()[:2], len(kmer_names(positional=True))
    (('A', 'D', 'G'), ('AAA', 'AAC'), 136000)
    """
    letters = ALPHABETS[alphabet].letters
    words = []
    for pattern in kmer_patterns(k=k, n_gaps=n_gaps):
        form = pattern.replace("X", "%s")
        words += [form % word for word in product(letters, repeat=k - n_gaps)]
    return tuple(f"{position}:{word}" for position in POSITIONS for word in words) if positional else tuple(words)


@numba.njit(cache=True, nogil=True)
def _position(at: int, length: int) -> int:
    """Return which of `POSITIONS` residue `at` of a junction has."""
    if at < (length + 1) // 2:
        return min(at, _FIRST)
    return len(POSITIONS) - 1 - min(length - 1 - at, _LAST)


@numba.njit(cache=True, nogil=True)
def _count(  # noqa: PLR0913, PLR0917 - a kernel takes arrays and numbers
    letters: np.ndarray,
    start: np.ndarray,
    length: np.ndarray,
    table: np.ndarray,
    places: np.ndarray,
    window: np.ndarray,
    positional: bool,  # noqa: FBT001 - as PLR0913
    n_letters: int,
    size: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    indptr = np.zeros(start.size + 1, dtype=np.int64)
    indices, data = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.float32)
    k, head, tail = window
    plain = places.shape[1] == k and not positional
    words = np.empty(places.shape[0] * max(length.max(), 1) if length.size else 1, dtype=np.int32)
    end = 0
    for row in range(start.size):
        junction = letters[start[row] : start[row] + length[row]]
        if plain:
            n = _slide(words, junction[head : max(length[row] - tail, 0)], table, k, n_letters)
        else:
            n = _look(words, junction, table, places, window, positional, n_letters)
        last = np.int32(-1)
        for at in range(n):
            if words[at] == last:
                data[end - 1] += 1
            else:
                last = words[at]
                indices[end], data[end] = last, 1
                end += 1
        indptr[row + 1] = end
    return indptr, indices[:end], data[:end]


@numba.njit(cache=True, nogil=True)
def _slide(words: np.ndarray, junction: np.ndarray, table: np.ndarray, k: int, n_letters: int) -> int:
    """Write the words without gaps in ascending order, each from the one before, and return how many there are."""
    if junction.size < k:
        return 0
    leading, word, n = n_letters ** (k - 1), 0, 0
    for at in range(k - 1):
        word = word * n_letters + table[junction[at]]
    for at in range(k - 1, junction.size):
        word = word * n_letters + table[junction[at]]
        _insert(words, n, word)
        n += 1
        word -= leading * table[junction[at - k + 1]]
    return n


@numba.njit(cache=True, nogil=True)
def _look(
    words: np.ndarray,
    junction: np.ndarray,
    table: np.ndarray,
    places: np.ndarray,
    window: np.ndarray,
    positional: bool,  # noqa: FBT001 - as _count
    n_letters: int,
) -> int:
    """Write the words of any patterns, at positions or not, in ascending order, and return how many there are."""
    n_patterns, n_compared = places.shape
    k, head, tail = window
    n_words, n = n_letters**n_compared, 0
    for at in range(head, junction.size - tail - k + 1):
        offset = _position(at, junction.size) * n_patterns if positional else 0
        for pattern in range(n_patterns):
            word = 0
            for place in range(n_compared):
                word = word * n_letters + table[junction[at + places[pattern, place]]]
            _insert(words, n, (offset + pattern) * n_words + word)
            n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _insert(words: np.ndarray, n: int, word: int) -> None:
    # a junction has a dozen words: insertion beats any other sort
    slot = n
    while slot > 0 and words[slot - 1] > word:
        words[slot] = words[slot - 1]
        slot -= 1
    words[slot] = word
