"""Families in data: hubs of the graph of receptors that differ in one residue, with their neighbours."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.encode.sequence_pair import SequenceGraph, sequence_graph

__all__ = ["Families", "Links", "find_families", "measure_links", "shared_retention"]


@dataclass(frozen=True, eq=False)
class Families:
    """A cover of the linked receptors by stars.

    Parameters
    ----------
    of
        Family of each receptor, -1: it has no neighbour.
    hub
        A receptor in the middle of each family.
    parent
        A family with a member next to one of this, -1: none. Each connected component is one tree.
    exact
        Whether each receptor is as its hub.
    """

    of: np.ndarray
    hub: np.ndarray
    parent: np.ndarray
    exact: np.ndarray


@dataclass(frozen=True, eq=False)
class Links:
    """How alike receptors are.

    Parameters
    ----------
    retention
        Share of the receptors of each row with a neighbour of any row; NaN where a row is empty.
    error
        Standard error of it, neighbours not being independent: over connected components.
    within
        Share of the links between labelled receptors whose ends have one label; NaN without links.
    largest
        Share of all receptors in the largest connected component.
    """

    retention: np.ndarray
    error: np.ndarray
    within: float
    largest: float


def find_families(junction_aa: np.ndarray) -> Families:
    """Return families of receptors: the one with most neighbours takes those that are free, and so on.

    Parameters
    ----------
    junction_aa
        One per receptor; equal ones are neighbours, as are those that differ in one residue.

    Examples
    --------
    >>> found = find_families(np.array([b"CASSF", b"CATSF", b"CWWWF", b"CASSF"]))
    >>> found.of.tolist(), found.hub.tolist(), found.exact.tolist()
    ([0, 0, -1, 0], [0], [True, False, False, True])
    """
    graph = sequence_graph(junction_aa, metric="hamming", cutoff=1)
    near, copies, linked = _adjacency(graph)
    weight = near @ copies + copies
    of = np.full(graph.n_unique, -1)
    hubs: list[int] = []
    for word in np.argsort(-weight, kind="stable").tolist():
        if of[word] < 0 and linked[word]:
            mine = near.indices[near.indptr[word] : near.indptr[word + 1]]
            of[mine[of[mine] < 0]] = len(hubs)
            of[word] = len(hubs)
            hubs.append(word)
    _, first = np.unique(graph.codes, return_index=True)
    family, middle = of[graph.codes], np.array([*hubs, -2])
    return Families(
        family, first[np.array(hubs, dtype=np.int64)], _parents(of, near, len(hubs)),
        (family >= 0) & (middle[family] == graph.codes),
    )  # fmt: skip


def _parents(of: np.ndarray, near: sp.csr_matrix, n: int) -> np.ndarray:
    """Return a tree for each component of the `n` families: breadth first from that with most neighbours."""
    pair = near.tocoo()
    linked = sp.csr_matrix((np.ones(pair.nnz), (of[pair.row], of[pair.col])), shape=(n, n))
    parent, seen = np.full(n, -1), np.zeros(n, dtype=bool)
    for root in range(n):
        queue = deque([] if seen[root] else [root])
        seen[root] = True
        while queue:
            here = queue.popleft()
            others = linked.indices[linked.indptr[here] : linked.indptr[here + 1]]
            fresh = np.sort(others[~seen[others]])
            parent[fresh], seen[fresh] = here, True
            queue.extend(fresh.tolist())
    return parent


def measure_links(junction_aa: np.ndarray, rows: np.ndarray, *, n_rows: int) -> Links:
    """Return how alike receptors are, by row.

    Parameters
    ----------
    junction_aa
        One per receptor.
    rows
        Label of each; the last row has no label.
    n_rows
        Number of rows.

    Examples
    --------
    >>> found = measure_links(np.array([b"CASSF", b"CATSF", b"CWWWF"]), np.array([0, 0, 1]), n_rows=3)
    >>> found.retention.tolist(), found.within
    ([1.0, 0.0, nan], 1.0)
    """
    graph = sequence_graph(junction_aa, metric="hamming", cutoff=1)
    near, _, linked = _adjacency(graph)
    has, component = linked[graph.codes], graph.components[graph.codes]
    size = np.bincount(rows, minlength=n_rows)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.bincount(rows, weights=has, minlength=n_rows) / size
        n_found = component.max(initial=0) + 1
        excess = np.bincount(component + n_found * rows, weights=has - share[rows], minlength=n_found * n_rows)
        error = np.sqrt((excess.reshape(n_rows, n_found) ** 2).sum(axis=1)) / size
    largest = np.bincount(component).max(initial=0) / max(rows.size, 1)
    return Links(share, error, _within(graph, near, rows, n_rows), float(largest))


def shared_retention(first: np.ndarray, second: np.ndarray) -> float:
    """Return the share of receptors that have a neighbour in each of their two chains; NaN without receptors.

    Parameters
    ----------
    first, second
        Junctions of both chains, one per receptor. The neighbours of the one need not be those of the other.

    Examples
    --------
    >>> shared_retention(np.array([b"CASSF", b"CATSF"]), np.array([b"CAVRF", b"CWWWF"]))
    0.0
    """
    has = []
    for junction_aa in (first, second):
        graph = sequence_graph(junction_aa, metric="hamming", cutoff=1)
        has.append(_adjacency(graph)[2][graph.codes])
    return float((has[0] & has[1]).mean()) if len(first) else float("nan")


def _within(graph: SequenceGraph, near: sp.csr_matrix, rows: np.ndarray, n_rows: int) -> float:
    labelled = rows < n_rows - 1
    shape = (graph.n_unique, n_rows)
    ones = np.ones(int(labelled.sum()))
    n_of = sp.coo_matrix((ones, (graph.codes[labelled], rows[labelled])), shape=shape).tocsr()
    total = np.asarray(n_of.sum(axis=1)).ravel()
    same = (near @ n_of).multiply(n_of).sum() + n_of.multiply(n_of).sum() - total.sum()
    every = total @ (near @ total) + (total * (total - 1)).sum()
    return float(same / every) if every else float("nan")


def _adjacency(graph: SequenceGraph) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """Return which unique sequences differ in one residue, how many receptors have each, and which have neighbours."""
    near = sp.csr_matrix(graph.distances > 0).astype(np.float64)
    copies = np.bincount(graph.codes, minlength=graph.n_unique).astype(np.float64)
    return near, copies, (copies > 1) | (np.diff(near.indptr) > 0)
