"""Which motifs of junctions occur more often than in a background of the same genes and lengths."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.cluster.clonotype_block import expand

__all__ = ["LENGTHS", "PATTERNS", "background_counts", "chunks", "enrichment", "local_motifs", "motif_text"]
__all__ += ["wildcard_motifs"]

LENGTHS = (2, 3, 4)
"""Residues of local motifs."""

PATTERNS = (*(f"local {k}" for k in LENGTHS), "global")
"""Kinds of motifs: short stretches anywhere, and whole junctions with one free place."""

_LETTERS = 26
_CHUNK = 200_000


def local_motifs(junctions: np.ndarray, *, k: int, ends: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which stretches of `k` residues each junction contains, its ends left out.

    Parameters
    ----------
    junctions
        Bytes, shape ``(n,)``.
    k
        Residues of a motif.
    ends
        Residues that are cut from both ends.

    Returns
    -------
    row, motif
        Each pair once; a motif is the number of its letters, in the order of their codes, to the base 26.

    Examples
    --------
    >>> row, motif = local_motifs(np.array([b"CASABABEQF"]), k=2, ends=3)
    >>> row.tolist(), [motif_text(code, 2) for code in motif.tolist()]
    ([0, 0], ['AB', 'BA'])
    """
    letters, length = _letters(junctions)
    rows, codes = [], []
    for place in range(ends, letters.shape[1] - ends - k + 1):
        there = np.flatnonzero(place + k + ends <= length)
        window = letters[there, place : place + k].astype(np.int64) - ord("A")
        there, window = _known(there, window)
        rows.append(there)
        codes.append(window @ _LETTERS ** np.arange(k - 1, -1, -1))
    if not rows:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    both = np.unique(np.concatenate(rows) * _LETTERS**k + np.concatenate(codes))
    return both // _LETTERS**k, both % _LETTERS**k


def motif_text(code: int, k: int) -> str:
    """Return the letters of a motif by its number."""
    return "".join(chr(ord("A") + code // _LETTERS**power % _LETTERS) for power in range(k - 1, -1, -1))


def wildcard_motifs(
    junctions: np.ndarray, table: np.ndarray, *, ends: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the patterns of each junction that leave one place free, its ends excepted.

    Parameters
    ----------
    junctions
        Bytes, shape ``(n,)``.
    table
        A random number for each letter at each place, ``uint64``, shape ``(n_places, 256)``; the last row stands for
        lengths. A pattern is the exclusive or of its letters' numbers, so that two patterns share a number with a
        probability of ``2**-64``.
    ends
        Places at both ends that are never free.

    Returns
    -------
    row, place, pattern
        Of every free place one, ``int64``, ``int64`` and ``uint64``; rows ascend.

    Examples
    --------
    >>> table = np.random.default_rng(0).integers(0, 2**64, (20, 256), dtype=np.uint64)
    >>> row, place, pattern = wildcard_motifs(np.array([b"CASSAEQF", b"CASSLEQF"]), table, ends=3)
    >>> row.tolist(), place.tolist(), np.unique(pattern).size
    ([0, 0, 1, 1], [3, 4, 3, 4], 3)
    """
    letters, length = _letters(junctions)
    number = np.asarray(table[-1, np.minimum(length, 255)])
    for at in range(letters.shape[1]):
        number = np.bitwise_xor(number, table[at, letters[:, at]])
    row, place = expand(np.full(length.size, ends), np.maximum(length - ends, ends))
    free = table[place, letters[row, place]] ^ table[place, ord("%")]
    return row, place, number[row] ^ free


def background_counts(background: np.ndarray, *, k: int, ends: int) -> np.ndarray:
    """Return in how many junctions of a background each motif of `k` residues occurs; ``int64``, shape ``(26**k,)``.

    Parameters
    ----------
    background
        Bytes, shape ``(n_backgrounds, n)``.
    k, ends
        See `local_motifs`.

    Examples
    --------
    >>> counts = background_counts(np.array([[b"CASABABEQF"], [b"CASABCEEQF"]]), k=2, ends=3)
    >>> int(counts.max()), int(counts.sum())
    (2, 5)
    """
    found = np.zeros(_LETTERS**k, dtype=np.int64)
    for part in chunks(background.reshape(-1)):
        found += np.bincount(local_motifs(part, k=k, ends=ends)[1], minlength=_LETTERS**k)
    return found


def chunks(junctions: np.ndarray) -> Iterator[np.ndarray]:
    """Iterate over parts of an array that are small enough to be worked on at once."""
    for start in range(0, junctions.size, _CHUNK):
        yield junctions[start : start + _CHUNK]


def enrichment(n: np.ndarray, n_background: np.ndarray, *, size: int, size_background: int) -> pd.DataFrame:
    """Return how much more often motifs occur than in the background, and how surprising that is.

    Parameters
    ----------
    n, n_background
        Junctions with each motif, of the data and of the background, shape ``(n_motifs,)``.
    size, size_background
        Numbers of junctions.

    Returns
    -------
    One row per motif: ``fold``, the ratio of the two shares, where a motif that the background lacks counts as if one
    of its junctions had it, so that it is a lower bound; ``p``, of Fisher's exact test, one-sided; ``q``, after
    Benjamini and Hochberg over all the motifs given, so give those too that the data lack.

    Examples
    --------
    >>> found = enrichment(np.array([5, 0]), np.array([0, 9]), size=10, size_background=1000)
    >>> found["fold"].tolist(), bool(found["p"][0] < 1e-9), float(found["q"][1])
    ([500.0, 0.0], True, 1.0)
    """
    from scipy.stats import hypergeom

    share = n / max(size, 1)
    fold = share / (np.maximum(n_background, 1) / max(size_background, 1))
    p = hypergeom.sf(n - 1, size + size_background, n + n_background, size)
    order = np.argsort(p, kind="stable")
    steps = p[order] * p.size / np.arange(1, p.size + 1)
    q = np.empty(p.size)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return pd.DataFrame({"n": n, "n_background": n_background, "fold": fold, "p": p, "q": q})


def _letters(junctions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fixed = np.ascontiguousarray(junctions)
    return fixed.view(np.uint8).reshape(fixed.size, fixed.dtype.itemsize), np.strings.str_len(fixed).astype(np.int64)


def _known(rows: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows that hold letters only: a stop or a gap is no residue."""
    known = ((window >= 0) & (window < _LETTERS)).all(axis=1)
    return rows[known], window[known]
