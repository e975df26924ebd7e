"""Rank tests of genes between the cells of a cluster and all others, on sparse columns."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import scipy.sparse as sp
from scipy.special import ndtr

from rashomon.core import UsageError

__all__ = ["RankTest", "Ranked", "combine_splits", "false_discovery", "rank_genes"]


@dataclass(frozen=True, eq=False)
class RankTest:
    """How the cells of groups compare with all other cells.

    Parameters
    ----------
    auroc
        Probability that a cell of the group has more of the gene than one outside, ties counted half; shape
        ``(n_genes, n_groups)``, in [0, 1]; NaN for groups without cells, or without cells outside.
    z
        Wilcoxon-Mann-Whitney statistic, normal approximation with tie correction and without continuity correction, of
        the same shape; positive where the group has more. NaN where all cells are tied.
    """

    auroc: np.ndarray
    z: np.ndarray


@dataclass(frozen=True, eq=False)
class Ranked:
    """The cells of every gene in order, so that many groups of cells can be compared without sorting again.

    Parameters
    ----------
    above
        Midrank of a cell less the midrank of the zeros; CSC, shape ``(n_cells, n_genes)``.
    zero
        Midrank of the zeros of each gene, from 1, shape ``(n_genes,)``.
    ties
        Sum of ``t^3 - t`` over the ``t`` cells of every tie, shape ``(n_genes,)``.
    """

    above: sp.csc_matrix
    zero: np.ndarray
    ties: np.ndarray

    def test(self, members: sp.csr_matrix) -> RankTest:
        """Compare the cells of each group with all other cells, in every gene.

        Parameters
        ----------
        members
            1 where a cell is in a group, shape ``(n_cells, n_groups)``; groups may overlap.
        """
        n = float(members.shape[0])
        size = np.asarray(members.sum(axis=0), dtype=np.float64).ravel()
        sums = (self.above.T @ members).toarray() + self.zero[:, None] * size
        pairs = size * (n - size)
        with np.errstate(invalid="ignore", divide="ignore"):
            auroc = (sums - size * (size + 1) / 2) / pairs
            variance = (n + 1 - self.ties / (n * (n - 1))) / 12
            z = (auroc - 0.5) * np.sqrt(pairs / variance[:, None])
        z[variance <= n * 1e-12] = np.nan
        return RankTest(auroc, z)


def rank_genes(values: sp.csc_matrix) -> Ranked:
    """Return the midranks of the cells in every gene.

    Parameters
    ----------
    values
        Shape ``(n_cells, n_genes)``, not negative.

    Raises
    ------
    UsageError
        When a value is negative.

    Examples
    --------
    >>> ranked = rank_genes(sp.csc_matrix(np.array([[0.0], [0.0], [2.0], [5.0]])))
    >>> ranked.test(sp.csr_matrix(np.array([[0], [1], [0], [1]]))).auroc.tolist()
    [[0.625]]
    """
    if values.data.size and not values.data.min() >= 0:
        raise UsageError("a value is negative", where="rank_genes", expected="counts, or values made from counts")
    # one set of types, so that the kernel is compiled once
    above, zero, ties = _midranks(
        values.indptr.astype(np.int64), values.data.astype(np.float64, copy=False), values.shape[0]
    )
    return Ranked(sp.csc_matrix((above, values.indices, values.indptr), shape=values.shape), zero, ties)


def combine_splits(z: np.ndarray) -> np.ndarray:
    """Return one one-sided p-value from the z of several random splits of the same data.

    Parameters
    ----------
    z
        Splits along the first axis; NaN where a split could not be tested, which counts as no evidence (p = 1).

    Returns
    -------
    The p-value at the middle, times the number of splits over its place: valid however the splits depend.

    Notes
    -----
    Rueger (1978), Metrika 25:171: for p-values in ascending order, ``B / j`` times the ``j``-th is a p-value. Here
    ``j = B // 2 + 1``: one split as it is, the larger of two, 1.5 times the middle one of three.

    Examples
    --------
    >>> combine_splits(np.array([[3.0], [2.0], [np.nan]])).round(4).tolist()
    [0.0341]
    """
    p = np.sort(np.where(np.isnan(z), 1.0, ndtr(-z)), axis=0)
    place = z.shape[0] // 2 + 1
    return np.asarray(np.minimum(p[place - 1] * (z.shape[0] / place), 1.0))


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted to control the false discovery rate (Benjamini & Hochberg 1995), of the same shape.

    Parameters
    ----------
    p
        In [0, 1], any shape; NaN was not tested, does not count and stays NaN.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, np.nan])).tolist()
    [0.02, 0.04, nan]
    """
    adjusted = np.full(p.shape, np.nan)
    tested = np.isfinite(p)
    values = p[tested]
    order = np.argsort(-values, kind="stable")
    place = np.arange(values.size, 0, -1)
    adjusted_values = np.empty(values.size)
    adjusted_values[order] = np.minimum(np.minimum.accumulate(values[order] * values.size / place), 1.0)
    adjusted[tested] = adjusted_values
    return adjusted


@numba.njit(cache=True, nogil=True)
def _midranks(indptr: np.ndarray, data: np.ndarray, n_cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n_genes = indptr.size - 1
    above, zero, ties = np.zeros(data.size), np.empty(n_genes), np.zeros(n_genes)
    for gene in range(n_genes):
        start, stop = indptr[gene], indptr[gene + 1]
        values = data[start:stop]
        order = np.argsort(values)
        first = 0
        # zeros that are stored tie with those that are not
        while first < order.size and values[order[first]] == 0.0:
            first += 1
        below = float(n_cells - (stop - start) + first)
        zero[gene] = (below + 1) / 2
        ties[gene] = below * below * below - below
        while first < order.size:
            last = first
            while last < order.size and values[order[last]] == values[order[first]]:
                last += 1
            tied = float(last - first)
            for at in range(first, last):
                above[start + order[at]] = below + (tied + 1) / 2 - zero[gene]
            below += tied
            ties[gene] += tied * tied * tied - tied
            first = last
    return above, zero, ties
