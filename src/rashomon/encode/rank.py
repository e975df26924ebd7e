"""Ranks of genes in several batches, combined."""

from __future__ import annotations

import numpy as np

__all__ = ["combine_ranks"]


def combine_ranks(variance: np.ndarray, *, n_top: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the median rank of each gene over the batches in which it is among the first `n_top`, and their number.

    Ranks are computed as scanpy does, by numpy's default sort: the order among exactly equal values is that sort's.

    Parameters
    ----------
    variance
        Variability of the genes, larger is more variable, shape ``(n_batches, n_genes)``.
    n_top
        Number of genes, at least 1.

    Returns
    -------
    rank
        ``float32``, shape ``(n_genes,)``, from 0 (most variable); NaN where the gene is in no batch among the first.
    n_batches
        Shape ``(n_genes,)``.

    Examples
    --------
    >>> rank, n = combine_ranks(np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]]), n_top=2)
    >>> rank.tolist(), n.tolist()
    ([0.0, 1.0, 0.0], [1, 2, 1])
    """
    ranks = np.argsort(np.argsort(-variance, axis=1), axis=1).astype(np.float32)
    high = ranks < n_top
    ranks[~high] = np.nan
    median, anywhere = np.full(ranks.shape[1], np.nan, dtype=np.float32), high.any(axis=0)
    median[anywhere] = np.nanmedian(ranks[:, anywhere], axis=0)
    return median, high.sum(axis=0)
