"""Close pairs of receptors of different studies: counted by distance; all pairs, close or not, by closed forms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

__all__ = ["ClosePairs", "PairTable", "all_pairs", "same_pairs", "tabulate_pairs"]

_CHUNK = 2**22
"""Products of weights held at once."""


@dataclass(frozen=True, eq=False)
class ClosePairs:
    """Pairs of receptors within the largest cutoff, each once.

    Parameters
    ----------
    i, j
        Positions of the two receptors, ``int64``, shape ``(n_pairs,)``, `i` below `j`.
    d
        Their distance, same shape.
    """

    i: np.ndarray
    j: np.ndarray
    d: np.ndarray

    @classmethod
    def from_distances(cls, distances: sp.csr_matrix) -> ClosePairs:
        """Take the pairs out of a distance slot: `distances` is symmetric and stores each distance plus 1.

        Examples
        --------
        >>> pairs = ClosePairs.from_distances(sp.csr_matrix(np.array([[0, 2], [2, 0]], dtype=np.float32)))
        >>> pairs.i.tolist(), pairs.j.tolist(), pairs.d.tolist()
        ([0], [1], [1.0])
        """
        upper = sp.triu(distances, k=1, format="coo")
        return cls(upper.row.astype(np.int64), upper.col.astype(np.int64), upper.data.astype(np.float64) - 1.0)

    def take(self, kept: np.ndarray) -> ClosePairs:
        """Return the pairs `kept`, given as positions or a mask."""
        return ClosePairs(self.i[kept], self.j[kept], self.d[kept])


@dataclass(frozen=True, eq=False)
class PairTable:
    """Close pairs counted by the studies of their two ends and by distance.

    Parameters
    ----------
    a, b
        Codes of the two studies, never equal, shape ``(n_rows,)``.
    place
        Position of the smallest cutoff that includes the pairs.
    n
        Number of pairs, ``float64``.
    n_bins
        Number of cutoffs.
    """

    a: np.ndarray
    b: np.ndarray
    place: np.ndarray
    n: np.ndarray
    n_bins: int

    def counts(self, weights: np.ndarray) -> np.ndarray:
        """Return the pairs at each cutoff when studies weigh `weights`, shape ``(n_resamples, n_studies)``.

        A pair of two studies weighs the product of their weights.

        Returns
        -------
        ``float64``, shape ``(n_resamples, n_bins)``; not cumulated.
        """
        onto = sp.csr_matrix((self.n, (np.arange(self.n.size), self.place)), shape=(self.n.size, self.n_bins))
        found = np.zeros((weights.shape[0], self.n_bins))
        step = max(1, _CHUNK // max(self.n.size, 1))
        for start in range(0, weights.shape[0], step):
            some = weights[start : start + step]
            found[start : start + step] = (some[:, self.a] * some[:, self.b]) @ onto
        return found

    def within(self, place: int) -> PairTable:
        """Return the pairs within the cutoff at position `place`."""
        kept = self.place <= place
        return PairTable(self.a[kept], self.b[kept], self.place[kept], self.n[kept], self.n_bins)

    def touching(self, n_studies: int) -> np.ndarray:
        """Return the pairs with one end in each of `n_studies` studies, shape ``(n_studies,)``; each counts twice."""
        ends = np.concatenate([self.a, self.b])
        return np.bincount(ends, weights=np.concatenate([self.n, self.n]), minlength=n_studies)


def tabulate_pairs(pairs: ClosePairs, study: np.ndarray, cutoffs: np.ndarray) -> PairTable:
    """Count the pairs of different studies within the largest cutoff.

    Parameters
    ----------
    pairs
        Close pairs; those of one study are left out: they share a laboratory, and its false positives.
    study
        Study code of each receptor, 0 or more, shape ``(n,)``.
    cutoffs
        Ascending.

    Examples
    --------
    >>> pairs = ClosePairs(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.0, 1.0, 1.0]))
    >>> table = tabulate_pairs(pairs, np.array([0, 1, 1]), np.array([0, 1]))
    >>> table.counts(np.ones((1, 2))).tolist()
    [[1.0, 1.0]]
    """
    a, b = study[pairs.i].astype(np.int64), study[pairs.j].astype(np.int64)
    place = np.searchsorted(cutoffs, pairs.d, side="left")
    kept = (a != b) & (place < cutoffs.size)
    low, high = np.minimum(a, b)[kept], np.maximum(a, b)[kept]
    n_studies = int(study.max(initial=-1)) + 1
    key, n = np.unique((low * n_studies + high) * cutoffs.size + place[kept], return_counts=True)
    ends, place = np.divmod(key, cutoffs.size)
    low, high = np.divmod(ends, max(n_studies, 1))
    return PairTable(low, high, place, n.astype(np.float64), cutoffs.size)


def all_pairs(study: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the number of pairs of receptors of different studies, close or not; nothing is enumerated.

    Parameters
    ----------
    study
        Study code of each receptor, shape ``(n,)``.
    weights
        Weight of each study, shape ``(n_resamples, n_studies)``.

    Returns
    -------
    ``float64``, shape ``(n_resamples,)``.

    Examples
    --------
    >>> all_pairs(np.array([0, 0, 1]), np.ones((1, 2))).tolist()
    [2.0]
    """
    size = np.bincount(study, minlength=weights.shape[1]).astype(np.float64)
    total: np.ndarray = ((weights @ size) ** 2 - weights**2 @ size**2) / 2
    return total


def same_pairs(labels: sp.csr_matrix, study: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the number of pairs of different studies that share a label, close or not; nothing is enumerated.

    Receptors with the same labels are counted together, so that the work grows with the number of different sets of
    labels, not of receptors.

    Parameters
    ----------
    labels
        Which labels each receptor carries, boolean CSR, shape ``(n, n_labels)``.
    study, weights
        As in `all_pairs`.

    Returns
    -------
    ``float64``, shape ``(n_resamples,)``.

    Examples
    --------
    >>> labels = sp.csr_matrix(np.array([[1, 0], [1, 1], [0, 1]], dtype=bool))
    >>> same_pairs(labels, np.array([0, 1, 2]), np.ones((1, 3))).tolist()
    [2.0]
    """
    profile, of = _profiles(labels)
    meet = sp.csr_matrix((profile @ profile.T) > 0).astype(np.float64)
    place = (of, study.astype(np.int64))
    size = sp.csr_matrix((np.ones(study.size), place), shape=(profile.shape[0], weights.shape[1]))
    weighted = size @ weights.T
    within = np.asarray(size.multiply(meet @ size).sum(axis=0)).ravel()
    total: np.ndarray = ((weighted * (meet @ weighted)).sum(axis=0) - weights**2 @ within) / 2
    return total


def _profiles(labels: sp.csr_matrix) -> tuple[sp.csr_matrix, np.ndarray]:
    """Return the distinct sets of labels, and which of them each receptor has."""
    plain = sp.csr_matrix(labels, dtype=np.int32)
    plain.sort_indices()
    known: dict[bytes, int] = {}
    of, first = np.empty(plain.shape[0], dtype=np.int64), list[int]()
    for row, (start, end) in enumerate(zip(plain.indptr[:-1], plain.indptr[1:], strict=True)):
        key = plain.indices[start:end].tobytes()
        if key not in known:
            known[key] = len(first)
            first.append(row)
        of[row] = known[key]
    return plain[first], of
