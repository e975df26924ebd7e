"""Droplets with two cells: two alphas and two betas."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.binomial import outside
from rashomon.sim.readout.chain_table import SOURCES, ChainTable
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["doublet_chains", "second_cells"]


def doublet_chains(chains: ChainTable, *, second: np.ndarray) -> ChainTable:
    """Add to each doublet the own chains of its second cell.

    Parameters
    ----------
    chains
        Chains; they stay as they are.
    second
        The second cell of each droplet, shape ``(n_cells,)``, -1 where there is none (neutral: -1 everywhere); from
        `second_cells`, or from the doublets of expression, so that both tell of the same ones.

    Returns
    -------
    The chains, and behind them those of second cells by droplet, ``source`` ``doublet``, with the molecules that they
    have in their own droplet; draw the molecules afterwards, and the two differ.

    Raises
    ------
    UsageError
        When a cell is its own second cell, or a chain's cell is not in `second`.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 2)
    >>> chains = own_chains(np.arange(2), np.zeros(2, int), np.array([b"TGTTTT", b"TGTTGG"]), v=calls, j=calls)
    >>> found = doublet_chains(chains, second=np.array([1, -1]))
    >>> found.cell.tolist(), found.origin.tolist(), found.junction.tolist()
    ([0, 1, 0], [0, 1, 1], [b'TGTTTT', b'TGTTGG', b'TGTTGG'])
    """
    other = np.asarray(second, dtype=np.int64)
    cells = np.flatnonzero(other >= 0)
    if (other[cells] == cells).any() or (chains.n_chains and chains.cell.max() >= other.size):
        raise UsageError(
            "second cells do not fit the cells", where="doublet_chains", expected="another cell for each, or -1"
        )
    own = np.flatnonzero(chains.source == SOURCES.index("own"))
    own = own[np.argsort(chains.cell[own], kind="stable")]
    start, end = (np.searchsorted(chains.cell[own], other[cells], side=side) for side in ("left", "right"))
    n = end - start
    # the n[i] places from start[i] on, one behind the other
    place = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + np.repeat(start, n)
    rows = own[place]
    return chains.followed(rows, source="doublet", cell=np.repeat(cells, n), umis=chains.umis[rows])


def second_cells(lane: np.ndarray, key: np.uint64, *, share: float) -> np.ndarray:
    """Return the second cell of each droplet: any other cell of its lane, all equally likely; -1 where there is none.

    Parameters
    ----------
    lane
        Code of the lane of each cell, shape ``(n_cells,)``.
    key
        From `rashomon.sim.stream.stream_key`.
    share
        Share of the droplets that hold two cells, in [0, 1] (share of cells; neutral 0).

    Returns
    -------
    ``int64``, shape ``(n_cells,)``. A cell alone in its lane has no second one.

    Raises
    ------
    UsageError
        When the share is outside [0, 1].

    Examples
    --------
    >>> second_cells(np.array([0, 1, 1]), np.uint64(1), share=1.0).tolist()
    [-1, 2, 1]
    """
    each = float(checked(share, "share", where="second_cells", high=1.0))
    lanes = np.asarray(lane)
    order = np.argsort(lanes, kind="stable")
    rank = np.empty(lanes.size, dtype=np.int64)
    rank[order] = np.arange(lanes.size)
    pool = np.stack([np.searchsorted(lanes[order], lanes, side=side) for side in ("left", "right")], axis=1)
    toss = uniforms(stream_key(int(key), "doublet"), np.arange(lanes.size), 2)
    place = outside(toss[:, 1], pool, np.stack([rank, rank + 1], axis=1))
    found = np.append(order, -1)[place]
    return np.asarray(np.where(toss[:, 0] < each, found, -1), dtype=np.int64)
