"""Ambient chains: free molecules of other cells of the lane, caught in a droplet."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.binomial import outside
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.readout.umi_count import molecules
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["ambient_chains"]


def ambient_chains(chains: ChainTable, key: np.uint64, *, rate: float, lane: np.ndarray) -> ChainTable:
    """Add to cells molecules of other cells of their lane, in proportion to the molecules of each chain.

    Parameters
    ----------
    chains
        Chains with their molecules; they stay as they are.
    key
        From `rashomon.sim.stream.stream_key`.
    rate
        Foreign molecules expected in a cell, in [0, 100] (molecules; neutral 0); their number is Poisson.
    lane
        Code of the lane of each cell, shape ``(n_cells,)``; cells without a chain catch molecules, too.

    Returns
    -------
    The chains, and behind them those of the soup by cell, ``source`` ``ambient``, most of them one molecule and one
    read. A larger rate adds molecules to those caught before.

    Raises
    ------
    UsageError
        When the rate is outside its domain, or a chain's cell has no lane.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 2)
    >>> chains = own_chains(np.arange(2), np.zeros(2, int), np.array([b"TGTTTT", b"TGTTGG"]), v=calls, j=calls)
    >>> found = ambient_chains(chains, np.uint64(1), rate=2.0, lane=np.zeros(2, int))
    >>> found.cell.tolist(), found.origin.tolist(), found.umis.tolist()
    ([0, 1, 0, 1], [0, 1, 1, 0], [1, 1, 4, 2])
    """
    mean = float(checked(rate, "rate", where="ambient_chains", high=100.0))
    lanes = np.asarray(lane)
    if chains.n_chains and chains.cell.max() >= lanes.size:
        raise UsageError(
            f"lanes of {lanes.size} cells", where="ambient_chains", expected=f"at least {chains.cell.max() + 1}"
        )
    n = molecules(np.full(lanes.size, mean), 0.0, key, np.arange(lanes.size), "ambient")
    catching = np.flatnonzero(n > 0)
    if catching.size == 0 or chains.n_chains == 0:
        return chains
    toss = uniforms(stream_key(int(key), "molecule"), catching, int(n.max()))
    chance = toss[np.arange(toss.shape[1]) < n[catching, None]]
    cells = np.repeat(catching, n[catching])
    # molecules by lane and cell: those of a lane, and those of a cell in it, lie side by side
    by = np.lexsort((chains.cell, lanes[chains.cell]))
    end = np.cumsum(chains.umis[by])
    codes = np.unique(lanes, return_inverse=True)[1]
    pool, own = _span(codes[chains.cell[by]], end, codes[cells]), _own(chains.cell[by], end, cells)
    place = outside(chance, pool, own)
    rows = by[np.searchsorted(end, place[place >= 0], side="right")]
    pairs, count = np.unique(np.stack([cells[place >= 0], rows]), axis=1, return_counts=True)
    return chains.followed(pairs[1], source="ambient", cell=pairs[0], umis=count)


def _span(groups: np.ndarray, end: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the first molecule and the end of a group (ascending `groups` of chains that end at `end`)."""
    edges = np.append(0, end)
    return np.stack([edges[np.searchsorted(groups, wanted, side=side)] for side in ("left", "right")], axis=1)


def _own(cell: np.ndarray, end: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the first molecule and the end of each cell; (0, 0) for one without chains."""
    first = np.flatnonzero(np.append(True, cell[1:] != cell[:-1]))
    edges = np.append(0, end)
    spans = np.zeros((max(int(cell.max()), int(wanted.max())) + 1, 2), dtype=np.int64)
    spans[cell[first]] = np.stack([edges[first], edges[np.append(first[1:], cell.size)]], axis=1)
    return np.asarray(spans[wanted])
