"""Grouping: the labelled receptors, the clusters of at least two of them, and how often each label is in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.labels import MISSING
from rashomon.score.item import check_codes

__all__ = ["Grouping", "Tally", "group", "large_clusters"]


@dataclass(frozen=True, eq=False)
class Tally:
    """How many receptors of each cluster carry each label; all that scores of labels need.

    Parameters
    ----------
    n_items
        Receptors with at least one label, clustered or not.
    size
        Receptors per cluster, each at least 2; shape ``(n_clusters,)``.
    cluster, label, count
        Pairs of a cluster and a label that share receptors, in the order of cluster and label, and how many they share;
        ``int64``, shape ``(n_pairs,)``. A receptor with several labels counts once for each.
    label_size
        Receptors that carry each label, clustered or not; shape ``(n_classes,)``.
    """

    n_items: int
    size: np.ndarray
    cluster: np.ndarray
    label: np.ndarray
    count: np.ndarray
    label_size: np.ndarray

    @property
    def n_clustered(self) -> int:
        """Receptors in a cluster."""
        return int(self.size.sum())

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return int(self.size.size)

    @property
    def n_classes(self) -> int:
        """Labels that some receptor carries."""
        return int(np.count_nonzero(self.label_size))

    @cached_property
    def majority(self) -> np.ndarray:
        """Receptors of each cluster that carry its most frequent label; ``int64``, shape ``(n_clusters,)``."""
        most = np.zeros(self.size.size, dtype=np.int64)
        np.maximum.at(most, self.cluster, self.count)
        return most


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which receptors take part in scores of a truth, and their clusters.

    Parameters
    ----------
    items
        Positions of receptors that are observed and carry a label, ascending; ``int64``, shape ``(n_items,)``.
    start, member
        Cluster k holds ``items[member[start[k] : start[k + 1]]]``; only clusters of two or more of the items.
    sets
        Labels of the items, boolean CSR, shape ``(n_items, n_classes)``.
    n_observed
        Receptors observed, with a label or without.
    """

    items: np.ndarray
    start: np.ndarray
    member: np.ndarray
    sets: sp.csr_matrix
    n_observed: int

    @property
    def coverage(self) -> float:
        """Share of the observed receptors that carry a label, in [0, 1]; NaN when none is observed."""
        return self.items.size / self.n_observed if self.n_observed else float("nan")

    @cached_property
    def _label_size(self) -> np.ndarray:
        return np.bincount(self.sets.indices, minlength=self.sets.shape[1])

    def tally(self, order: np.ndarray | None = None) -> Tally:
        """Count labels in clusters.

        Parameters
        ----------
        order
            Item i gets the labels of item ``order[i]``: a permutation of the items; None: each keeps its own.
        """
        indptr, indices = self.sets.indptr.astype(np.int64), self.sets.indices.astype(np.int64)
        kept = np.arange(self.items.size) if order is None else np.asarray(order, dtype=np.int64)
        pairs = _count(self.start, self.member, kept, indptr, indices, self.sets.shape[1])
        return Tally(int(self.items.size), np.diff(self.start), *pairs, self._label_size)


def group(labels: np.ndarray, sets: sp.csr_matrix) -> Grouping:
    """Return the labelled receptors and their clusters.

    Noise is never a cluster: ``-1`` is no code of one. A cluster counts with its labelled receptors only, and if there
    are at least two; a labelled receptor alone among unlabelled ones would be pure for nothing.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed (left out).
    sets
        Which labels each carries, boolean CSR, shape ``(n, n_classes)``, as `Truth.label_sets`; receptors without a
        label are left out.

    Raises
    ------
    UsageError
        When the labels are no codes, or `sets` has other rows.

    Examples
    --------
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=bool))
    >>> tally = group(np.array([0, 0, 1, 1]), sets).tally()
    >>> tally.n_items, tally.size.tolist(), tally.count.tolist()
    (3, [2], [2, 1])
    """
    codes = check_codes(labels, where="labels")
    carried = _boolean(sets, codes.size)
    observed = codes > MISSING
    items = np.flatnonzero(observed & (np.diff(carried.indptr) > 0))
    start, member = large_clusters(codes[items])
    return Grouping(items, start, member, carried[items], int(observed.sum()))


def large_clusters(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the clusters of at least two items.

    Parameters
    ----------
    labels
        Codes, shape ``(n,)``; negative ones are in no cluster.

    Returns
    -------
    start, member
        Cluster k holds the items ``member[start[k] : start[k + 1]]``, ascending; clusters in the order of their codes.

    Examples
    --------
    >>> large_clusters(np.array([5, -1, 2, 5, 2, 7]))
    (array([0, 2, 4]), array([2, 4, 0, 3]))
    """
    start, member = _large(np.ascontiguousarray(labels, dtype=np.int64))
    return start, member


@numba.njit(cache=True, nogil=True)
def _large(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort by counting: permutations and half-samples ask thousands of times, and a sort would be most of the work."""
    n_codes = 0
    for code in labels:
        n_codes = max(n_codes, code + 1)
    size = np.zeros(n_codes, np.int64)
    for code in labels:
        if code >= 0:
            size[code] += 1
    n_large = np.count_nonzero(size >= 2)
    start, place = np.zeros(n_large + 1, np.int64), np.full(n_codes, -1, np.int64)
    k = 0
    for code in range(n_codes):
        if size[code] >= 2:
            place[code] = start[k]
            start[k + 1] = start[k] + size[code]
            k += 1
    member = np.empty(start[n_large], np.int64)
    for i in range(labels.size):
        code = labels[i]
        if code >= 0 and place[code] >= 0:
            member[place[code]] = i
            place[code] += 1
    return start, member


def _boolean(sets: sp.csr_matrix, n: int) -> sp.csr_matrix:
    carried = sp.csr_matrix(sets, dtype=bool, copy=True)
    if carried.shape[0] != n:
        raise UsageError(
            f"label sets have shape {sets.shape}",
            where="scores of receptors",
            expected=f"a sparse boolean matrix with {n} rows, one per receptor",
            fix="use Truth.label_sets",
        )
    carried.sum_duplicates()
    carried.eliminate_zeros()
    return carried


@numba.njit(cache=True, nogil=True)
def _count(
    start: np.ndarray, member: np.ndarray, order: np.ndarray, indptr: np.ndarray, indices: np.ndarray, n_classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cluster = np.empty(indices.size, np.int64)
    label = np.empty(indices.size, np.int64)
    count = np.empty(indices.size, np.int64)
    seen = np.zeros(n_classes, np.int64)
    touched = np.empty(n_classes, np.int64)
    k = 0
    for c in range(start.size - 1):
        n_touched = 0
        for i in range(start[c], start[c + 1]):
            row = order[member[i]]
            for p in range(indptr[row], indptr[row + 1]):
                y = indices[p]
                if seen[y] == 0:
                    touched[n_touched] = y
                    n_touched += 1
                seen[y] += 1
        for y in np.sort(touched[:n_touched]):
            cluster[k], label[k], count[k] = c, y, seen[y]
            seen[y] = 0
            k += 1
    return cluster[:k].copy(), label[:k].copy(), count[:k].copy()
