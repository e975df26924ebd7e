"""Two-step clustering: coarse superclusters of an encoding, then Markov clustering of the links inside each."""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.markov import markov
from rashomon.core import UsageError

__all__ = ["supercluster", "two_step", "within"]

_ROUNDS = 20


def two_step(
    view: np.ndarray, distances: sp.csr_matrix, *, size: int = 5000, inflation: float = 1.2, seed: int = 0
) -> np.ndarray:
    """Return Markov clusters of the links inside superclusters of the view.

    The idea of ClusTCR, which needs the superclusters so as not to compare all pairs. Here the links are known, and
    those that cross a border between superclusters are dropped so that the loss can be seen: ``within`` returns what is
    left. Every kept link has weight 1. With no more than `size` items there is one supercluster and nothing is lost;
    otherwise the links of a dense region of the encoding are cut wherever a border runs through it.

    Parameters
    ----------
    view
        Encoding of the sequences, ``float32``, shape ``(n_items, n_dims)``.
    distances
        Stored pairs within a cutoff (1 in ClusTCR, by Hamming distance), CSR, shape ``(n_items, n_items)``, symmetric.
        Values are not looked at.
    size
        Items of a supercluster, about; 1 or more.
    inflation
        See `markov`.
    seed
        Seed of k-means, from 0 to ``2**32 - 1``.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first item.

    Raises
    ------
    UsageError
        When `size` is out of range, or view and distances are of other items.

    References
    ----------
    Valkiers, Van Houcke, Laukens & Meysman (2021), Bioinformatics 37:4865.

    Examples
    --------
    >>> links = sp.csr_matrix(np.ones((4, 4)) - np.eye(4))
    >>> two_step(np.array([[0.0], [0.1], [9.0], [9.1]], dtype=np.float32), links, size=2).tolist()
    [0, 0, 1, 1]
    """
    if view.shape[0] != distances.shape[0]:
        raise UsageError(
            f"the view has {view.shape[0]} items, the distances {distances.shape[0]}",
            where="two_step",
            expected="one row of the view per item",
        )
    kept = within(distances, supercluster(view, size=size, seed=seed))
    return markov(sp.csr_matrix((np.ones(kept.nnz), kept.indices, kept.indptr), shape=kept.shape), inflation=inflation)


def supercluster(view: np.ndarray, *, size: int, seed: int = 0) -> np.ndarray:
    """Return k-means clusters of about `size` items.

    One k-means++ start and at most 20 rounds of Lloyd's algorithm in one thread: the borders need not be the best ones.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_items, n_dims)``.
    size
        1 or more.
    seed
        Seed of scikit-learn's generator, from 0 to ``2**32 - 1``.

    Returns
    -------
    ``int32``, shape ``(n_items,)``.

    Raises
    ------
    UsageError
        When `size` is out of range.

    Examples
    --------
    >>> supercluster(np.zeros((3, 2), dtype=np.float32), size=5).tolist()
    [0, 0, 0]
    """
    if size < 1:
        raise UsageError(f"size is {size}", where="two_step(size=)", expected="1 or more", fix="use size=5000")
    k = -(-view.shape[0] // size)
    if k <= 1:
        return np.zeros(view.shape[0], dtype=np.int32)
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    model = KMeans(n_clusters=k, n_init=1, max_iter=_ROUNDS, random_state=seed, algorithm="lloyd")
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # equal encodings are fewer than the clusters asked for: there are fewer superclusters then
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        found: np.ndarray = model.fit(view).labels_.astype(np.int32)
    return found


def within(distances: sp.csr_matrix, groups: np.ndarray) -> sp.csr_matrix:
    """Return the stored pairs whose items are of the same group.

    Parameters
    ----------
    distances
        CSR, shape ``(n_items, n_items)``.
    groups
        Integers, shape ``(n_items,)``.

    Returns
    -------
    CSR of the same shape; ``1 - within(...).nnz / distances.nnz`` is the share of links lost at borders.

    Examples
    --------
    >>> links = sp.csr_matrix(np.ones((4, 4)) - np.eye(4))
    >>> within(links, np.array([0, 0, 1, 1])).nnz, links.nnz
    (4, 12)
    """
    row = np.repeat(np.arange(distances.shape[0]), np.diff(distances.indptr))
    same = groups[row] == groups[distances.indices]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row[same], minlength=distances.shape[0]))])
    return sp.csr_matrix((distances.data[same], distances.indices[same], indptr), shape=distances.shape)
