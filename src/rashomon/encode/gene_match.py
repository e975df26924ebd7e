"""Links between receptors that use the same V, or V and J, genes."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean
from rashomon.dataset import GeneLevel, at_level, shares

__all__ = ["match_genes"]

VMatch = Literal["none", "family", "gene"]
JMatch = Literal["none", "gene"]


def match_genes(
    distances: sp.csr_matrix,
    vdj: np.ndarray,
    vj: np.ndarray,
    v_names: np.ndarray,
    j_names: np.ndarray,
    *,
    v: VMatch = "none",
    j: JMatch = "none",
) -> sp.csr_matrix:
    """Keep the links between receptors whose V, or J, calls may be the same gene.

    A call is a set of genes, and two calls match when a gene is in both (by `rashomon.dataset.shares`). A missing call
    matches nothing.

    Parameters
    ----------
    distances
        CSR whose stored values are distance + 1, shape ``(n_items, n_items)``.
    vdj, vj
        Chains of the two arms, items ascending; one may be empty. With both, the calls must match in each. Of items
        with two chains in an arm it is enough that one pair of chains matches in all that is asked for; it need not be
        the pair whose junctions are nearest.
    v_names, j_names
        Names behind the codes of the calls.
    v
        ``none``: not compared; ``family``, ``gene``: at that level.
    j
        ``none`` or ``gene``.

    Returns
    -------
    CSR, ``float32``, a part of `distances`, values unchanged.

    Raises
    ------
    UsageError
        When a level is unknown.

    Examples
    --------
    >>> from rashomon.encode.tcrdist import chains_from
    >>> chains, names = chains_from(["CASSF"] * 3, ["TRBV12-3*01,TRBV12-4*01", "TRBV12-4*01", "TRBV9*01"])
    >>> near = sp.csr_matrix(1 - np.eye(3, dtype=np.float32))
    >>> match_genes(near, chains, chains[:0], names, names, v="gene").toarray()[0].tolist()
    [0.0, 1.0, 0.0]
    """
    for name, level, levels in (("v", v, get_args(VMatch)), ("j", j, get_args(JMatch))):
        if level not in levels:
            raise UsageError(f"unknown level {level!r}", where=f"match_genes({name}=)", fix=did_you_mean(level, levels))
    asked = [(field, _meets(names, level)) for field, names, level in _compared(v, j, v_names, j_names)]
    if not asked:
        return distances
    links = sp.coo_matrix(distances)
    kept = np.ones(links.nnz, dtype=bool)
    for arm in (vdj, vj):
        if arm.size:
            kept &= _matching(links.row, links.col, arm, asked)
    found = sp.csr_matrix((links.data[kept], (links.row[kept], links.col[kept])), shape=distances.shape)
    found.sort_indices()
    return found


def _compared(
    v: VMatch, j: JMatch, v_names: np.ndarray, j_names: np.ndarray
) -> list[tuple[str, np.ndarray, GeneLevel]]:
    found: list[tuple[str, np.ndarray, GeneLevel]] = []
    if v != "none":
        found.append(("v", v_names, v))
    if j != "none":
        found.append(("j", j_names, j))
    return found


def _meets(names: np.ndarray, level: GeneLevel) -> np.ndarray:
    """Return which calls meet at a level; the last row and column stand for no call, which meets none."""
    texts = [name.decode() for name in np.asarray(names, dtype="S").tolist()]
    cut = [",".join(at_level(gene, level) for gene in text.split(",")) for text in texts]
    found = np.zeros((len(texts) + 1, len(texts) + 1), dtype=bool)
    if texts:
        found[:-1, :-1] = shares(cut)
    return found


def _matching(row: np.ndarray, col: np.ndarray, chains: np.ndarray, asked: list[tuple[str, np.ndarray]]) -> np.ndarray:
    n_items = int(max(row.max(initial=-1), col.max(initial=-1), chains["item"].max())) + 1
    starts = np.searchsorted(chains["item"], np.arange(n_items + 1))
    n_chains = np.diff(starts)
    found = np.zeros(row.size, dtype=bool)
    for x in range(n_chains.max(initial=0)):
        for y in range(n_chains.max(initial=0)):
            there = np.flatnonzero((n_chains[row] > x) & (n_chains[col] > y))
            a, b = chains[starts[row[there]] + x], chains[starts[col[there]] + y]
            same = np.logical_and.reduce([meets[a[field], b[field]] for field, meets in asked])
            found[there] |= same
    return found
