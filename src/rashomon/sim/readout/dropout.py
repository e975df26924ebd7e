"""Chains that are lost altogether, alpha chains more often than beta chains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.chain_table import VDJ, ChainTable
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["dropout"]


def dropout(chains: ChainTable, key: np.uint64, *, vdj: float = 0.0, vj: float = 0.0) -> ChainTable:
    """Lose chains: all molecules of a chain, independently of the other chains of its cell.

    Parameters
    ----------
    chains
        Chains; molecules and reads of lost ones become 0.
    key
        From `rashomon.sim.stream.stream_key`.
    vdj, vj
        Share of the chains of either arm that are lost, in [0, 1] (share of chains; neutral 0). In T cells more alpha
        (vj) than beta chains (vdj) are lost.

    Returns
    -------
    The chains, in their order; lost ones stay in the table, and are not seen. A larger share loses more, and those lost
    before.

    Raises
    ------
    UsageError
        When a share is outside [0, 1].

    Notes
    -----
    A clone of n cells is missed with probability share**n, `rashomon.sim.limit.chance_unseen` of 1 - share and n.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRAV8-1*01"] * 4)
    >>> chains = own_chains(np.arange(4), np.ones(4, int), np.array([b"TGTTTT"] * 4), v=calls, j=calls)
    >>> dropout(chains, np.uint64(5), vj=0.5).umis.tolist(), dropout(chains, np.uint64(5), vdj=1.0).umis.tolist()
    ([1, 0, 1, 0], [1, 1, 1, 1])
    """
    shares = checked([vdj, vj], "dropout", where="dropout", high=1.0)
    toss = uniforms(stream_key(int(key), "dropout"), chains.unit)[:, 0]
    lost = toss < np.where(chains.arm == VDJ, shares[0], shares[1])
    return replace(chains, umis=np.where(lost, 0, chains.umis), reads=np.where(lost, 0, chains.reads))
