"""Which k-mers mark a cluster of receptors: those that more of its members hold than chance would have it."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.special import gammaln

from rashomon.core import UsageError
from rashomon.dataset import Origin
from rashomon.score.item import check_codes, same_length
from rashomon.score.marker import false_discovery

__all__ = ["kmer_marks"]


def kmer_marks(
    counts: sp.csr_matrix,
    labels: np.ndarray,
    *,
    names: Sequence[str] | None = None,
    max_fdr: float = 0.05,
    min_in: int = 3,
    clusters_from: Origin | None = "sequence",
) -> pd.DataFrame:
    """Return the k-mers that more members of a cluster hold than members of the rest.

    Parameters
    ----------
    counts
        How often each k-mer occurs in each receptor, CSR, shape ``(n_items, n_kmers)``; only presence counts. One row
        per unique receptor: copies of a clone would be evidence for free.
    labels
        Cluster of each receptor, shape ``(n_items,)``. Receptors without a cluster (-1) belong to the rest; those that
        were not observed (-2) are left out.
    names
        Of the k-mers, shape ``(n_kmers,)``; by default their columns.
    max_fdr
        Largest false discovery rate, in (0, 1].
    min_in
        Fewest members of the cluster that hold the k-mer, 1 or more. K-mers held by fewer receptors, and smaller
        clusters, cannot reach that, and are not tested.
    clusters_from
        The data that made the clusters. From ``sequence``, the test is circular: it was the sequences that brought the
        members together, so p and q describe how sharply a k-mer marks its cluster, and are no evidence that the
        cluster is real. None: nobody said.

    Returns
    -------
    A row per cluster and k-mer, by cluster, then p, then k-mer, with the columns

    - ``cluster``, ``kmer``;
    - ``n_in``, ``n_cluster``: members that hold it, and all; ``n_out``, ``n_rest``: the same for the rest;
    - ``fold``: share of the members that hold it, divided by the share of the rest, in (0, inf]; 1 is no difference;
      inf where nobody else holds it, NaN where there is no rest;
    - ``p``: one-sided test of Fisher (hypergeometric tail); ``q``: the same, adjusted by Benjamini & Hochberg over all
      tests, that is each cluster of `min_in` members with each k-mer that `min_in` receptors hold;
    - ``circular``: whether `clusters_from` is ``sequence``; missing where nobody said.

    ``attrs["n_tests"]`` is the number of tests.

    Raises
    ------
    UsageError
        When the labels or names are of other items, or `max_fdr` or `min_in` is out of range.

    Notes
    -----
    P equals ``scipy.stats.fisher_exact(alternative="greater")``. Time grows with the entries of `counts` and the pairs
    of a cluster and a k-mer that `min_in` members hold.

    Examples
    --------
    >>> holds = sp.csr_matrix(np.array([[1, 0]] * 6 + [[0, 1]] * 14))
    >>> marks = kmer_marks(holds, np.array([0] * 6 + [-1] * 14), names=["RRR", "GGG"])
    >>> marks[["cluster", "kmer", "n_in", "n_out", "fold"]].to_numpy().tolist()
    [[0, 'RRR', 6, 0, inf]]
    """
    codes = check_codes(labels, where="labels")
    same_length(codes.size, counts.shape[0], where="labels and counts")
    if names is not None:
        same_length(counts.shape[1], len(names), where="k-mers and names")
    if not 0 < max_fdr <= 1 or min_in < 1:
        raise UsageError(
            f"max_fdr is {max_fdr} and min_in is {min_in}", where="kmer_marks", expected="in (0, 1], and 1 or more"
        )
    seen = codes >= -1
    codes, holds = codes[seen], sp.csr_matrix(counts.tocsr()[seen])
    # presence; zeros that are stored are none
    holds = sp.csr_matrix(((holds.data != 0).astype(np.int64), holds.indices, holds.indptr), shape=holds.shape)
    table, n_tests = _tests(holds, codes, min_in)
    table["q"] = np.minimum(false_discovery(table["p"].to_numpy()) * (n_tests / max(len(table), 1)), 1.0)
    table["circular"] = pd.array(
        [None if clusters_from is None else clusters_from == "sequence"] * len(table), "boolean"
    )
    found = table[table["q"] <= max_fdr].sort_values(["cluster", "p", "kmer"], kind="stable", ignore_index=True)
    if names is not None:
        found["kmer"] = np.asarray(names, dtype=object)[found["kmer"]]
    found.attrs["n_tests"] = n_tests
    return found


def _tests(holds: sp.csr_matrix, codes: np.ndarray, min_in: int) -> tuple[pd.DataFrame, int]:
    """Return the tests whose k-mer `min_in` members hold, the others counting as p = 1, and how many there are."""
    n_items, n_clusters = codes.size, int(codes.max(initial=-1)) + 1
    total = np.asarray(holds.sum(axis=0), dtype=np.int64).ravel()
    size = np.bincount(codes[codes >= 0], minlength=n_clusters)
    members = np.flatnonzero(codes >= 0)
    ones = np.ones(members.size, dtype=np.int64)
    inside = sp.coo_matrix(sp.csr_matrix((ones, (codes[members], members)), shape=(n_clusters, n_items)) @ holds)
    enough = inside.data >= min_in
    cluster, kmer, n_in = inside.row[enough].astype(np.int64), inside.col[enough].astype(np.int64), inside.data[enough]
    n_out, n_rest = total[kmer] - n_in, n_items - size[cluster]
    with np.errstate(divide="ignore", invalid="ignore"):
        fold = (n_in / size[cluster]) / (n_out / n_rest)
    table = pd.DataFrame(
        {"cluster": cluster, "kmer": kmer, "n_in": n_in, "n_cluster": size[cluster], "n_out": n_out, "n_rest": n_rest}
    )
    table["fold"] = fold
    table["p"] = _tail(n_in, size[cluster], total[kmer], n_items, gammaln(np.arange(n_items + 2, dtype=np.float64) + 1))
    return table, int((total >= min_in).sum()) * int((size >= min_in).sum())


@numba.njit(cache=True, nogil=True)
def _tail(n_in: np.ndarray, drawn: np.ndarray, marked: np.ndarray, n: int, log_factorial: np.ndarray) -> np.ndarray:
    """Return the hypergeometric probability of `n_in` or more marked items among those drawn."""
    tail = np.empty(n_in.size)
    for test in range(n_in.size):
        k, size, total = n_in[test], drawn[test], marked[test]
        least, most = max(0, size + total - n), min(size, total)
        # sums run away from the mode, so that every term is smaller than the one before
        above = k > size * total / n
        first = k if above else k - 1
        if first < least:
            tail[test] = 1.0
            continue
        log_term = (
            log_factorial[size] - log_factorial[first] - log_factorial[size - first]
            + log_factorial[n - size] - log_factorial[total - first] - log_factorial[n - size - total + first]
            - log_factorial[n] + log_factorial[total] + log_factorial[n - total]
        )  # fmt: skip
        term, sums = 1.0, 1.0
        at = first
        while (at < most if above else at > least) and term > sums * 1e-17:
            if above:
                term *= (size - at) / (at + 1.0) * (total - at) / (n - size - total + at + 1.0)
                at += 1
            else:
                term *= at / (size - at + 1.0) * (n - size - total + at) / (total - at + 1.0)
                at -= 1
            sums += term
        share = np.exp(log_term) * sums
        tail[test] = min(share, 1.0) if above else max(1.0 - share, 0.0)
    return tail
