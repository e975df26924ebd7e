"""Index hopping: molecules of a sample that turn up in another sample of their lane."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.binomial import binomials, outside
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["index_hop"]


def index_hop(chains: ChainTable, key: np.uint64, *, share: float, lane: np.ndarray, sample: np.ndarray) -> ChainTable:
    """Add to cells of other samples a share of the molecules of their lane.

    Parameters
    ----------
    chains
        Chains; they stay as they are, since a molecule that hops is still read in its own sample, too.
    key
        From `rashomon.sim.stream.stream_key`.
    share
        Share of the molecules that also turn up elsewhere, in [0, 1] (share of molecules; neutral 0).
    lane, sample
        Codes of each cell, shape ``(n_cells,)``.

    Returns
    -------
    The chains, and behind them those that hopped, ``source`` ``hop``: identical junctions and calls, one read per
    molecule. All molecules of a chain that hop arrive in one cell, drawn from the cells of other samples of the lane,
    as barcodes are the same in each. Nothing hops in a lane with one sample.

    Raises
    ------
    UsageError
        When the share is outside [0, 1], or the columns do not fit the cells.

    Notes
    -----
    A chain of n molecules hops with probability 1 - (1 - share)**n.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 2)
    >>> chains = own_chains(np.arange(2), np.zeros(2, int), np.array([b"TGTTTT", b"TGTTGG"]), v=calls, j=calls)
    >>> found = index_hop(chains, np.uint64(1), share=1.0, lane=np.zeros(2, int), sample=np.arange(2))
    >>> found.cell.tolist(), found.origin.tolist(), found.junction.tolist()
    ([0, 1, 1, 0], [0, 1, 0, 1], [b'TGTTTT', b'TGTTGG', b'TGTTTT', b'TGTTGG'])
    """
    each = float(checked(share, "share", where="index_hop", high=1.0))
    lanes, samples = np.asarray(lane), np.asarray(sample)
    if lanes.shape != samples.shape or (chains.n_chains and chains.cell.max() >= lanes.size):
        raise UsageError(
            f"lanes of shape {lanes.shape}, samples of shape {samples.shape}",
            where="index_hop",
            expected="one of each for every cell",
        )
    toss = uniforms(stream_key(int(key), "hop"), chains.unit, 2)
    umis = binomials(toss[:, 0], chains.umis, each)
    rows = np.flatnonzero(umis > 0)
    # cells by lane and sample: the cells of a lane, and those of a sample in it, lie side by side
    order = np.lexsort((samples, lanes))
    pool = _spans(lanes[order], order)
    own = _spans(np.cumsum(_starts(lanes[order]) | _starts(samples[order])), order)
    cells = chains.cell[rows]
    place = outside(toss[rows, 1], pool[cells], own[cells])
    rows, place = rows[place >= 0], place[place >= 0]
    return chains.followed(rows, source="hop", cell=order[place], umis=umis[rows])


def _starts(values: np.ndarray) -> np.ndarray:
    return np.append(True, values[1:] != values[:-1])[: values.size]


def _spans(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the first place and the end of the run of equal sorted `values` that each cell lies in."""
    spans = np.empty((values.size, 2), dtype=np.int64)
    spans[order, 0] = np.searchsorted(values, values, side="left")
    spans[order, 1] = np.searchsorted(values, values, side="right")
    return spans
