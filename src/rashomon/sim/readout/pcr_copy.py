"""Copies of molecules: how often each is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.readout.umi_count import molecules

__all__ = ["pcr_copies"]


def pcr_copies(chains: ChainTable, key: np.uint64, *, copies: float = 1.0, dispersion: float = 0.0) -> ChainTable:
    """Draw the reads of each chain: each molecule is read once, and its copies add a negative binomial number.

    Parameters
    ----------
    chains
        Chains; their reads are replaced.
    key
        From `rashomon.sim.stream.stream_key`.
    copies
        Expected reads of a molecule (reads, at least 1; neutral 1: molecules are read once).
    dispersion
        NB dispersion of the further reads of a chain (1, at least 0; neutral 0: Poisson): some amplify better.

    Returns
    -------
    The chains, in their order, with reads of mean copies x molecules, at least one per molecule. Molecules stay.

    Raises
    ------
    UsageError
        When a number is outside its domain.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 3)
    >>> chains = own_chains(np.arange(3), np.zeros(3, int), np.array([b"TGTTTT"] * 3), v=calls, j=calls)
    >>> pcr_copies(chains, np.uint64(1), copies=100.0).reads.tolist()
    [97, 98, 89]
    """
    each = float(checked(copies, "copies", where="pcr_copies", low=1.0))
    spread = float(checked(dispersion, "dispersion", where="pcr_copies"))
    further = molecules(chains.umis * (each - 1.0), spread, key, chains.unit, "reads")
    return replace(chains, reads=chains.umis + further)
