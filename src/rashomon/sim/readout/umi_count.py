"""Molecules of each chain: negative binomial, by the arm of the chain and the expression of its cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.count import Mixture, draw_counts
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.chain_table import VDJ, ChainTable
from rashomon.sim.stream import stream_key

__all__ = ["molecules", "umi_counts"]


def umi_counts(
    chains: ChainTable,
    key: np.uint64,
    *,
    vdj: float,
    vj: float,
    dispersion: float = 0.0,
    expression: np.ndarray | None = None,
) -> ChainTable:
    """Draw the molecules of each chain.

    Parameters
    ----------
    chains
        Chains; their molecules are replaced, and there is one read of each.
    key
        From `rashomon.sim.stream.stream_key`.
    vdj, vj
        Expected molecules of a chain of either arm in a cell of expression 1 (molecules, at least 0).
    dispersion
        NB dispersion: variance = mean + dispersion x mean**2 (1, at least 0; neutral 0: Poisson).
    expression
        How much more or less receptor each cell makes, at least 0, shape ``(n_cells,)``, by the cell that a chain comes
        from (neutral None: 1): plasma cells make hundreds of times more than naive B cells.

    Returns
    -------
    The chains, in their order. One without molecules stays in the table, and is not seen.

    Raises
    ------
    UsageError
        When a number is outside its domain, or a chain's cell has no expression.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 3)
    >>> chains = own_chains(np.arange(3), np.zeros(3, int), np.array([b"TGTTTT"] * 3), v=calls, j=calls)
    >>> umi_counts(chains, np.uint64(1), vdj=5.0, vj=3.0).umis.tolist()
    [7, 7, 5]
    """
    means = checked([vdj, vj], "expected molecules", where="umi_counts")
    mean = np.where(chains.arm == VDJ, means[0], means[1])
    if expression is not None:
        factor = checked(expression, "expression", where="umi_counts")
        if chains.n_chains and chains.origin.max() >= factor.size:
            raise UsageError(
                f"expression of {factor.size} cells", where="umi_counts", expected=f"at least {chains.origin.max() + 1}"
            )
        mean = mean * factor[chains.origin]
    umis = molecules(mean, float(checked(dispersion, "dispersion", where="umi_counts")), key, chains.unit, "umis")
    return replace(chains, umis=umis, reads=umis.copy())


def molecules(mean: np.ndarray, dispersion: float, key: np.uint64, units: np.ndarray, word: str) -> np.ndarray:
    """Return negative binomial counts, one per unit, ``int64``.

    Parameters
    ----------
    mean
        Expected counts, shape ``(n_units,)``.
    dispersion
        Variance = mean + dispersion x mean**2; 0 is Poisson.
    key, units, word
        Address of the random numbers.

    Examples
    --------
    >>> molecules(np.array([0.0, 1e5]), 0.0, np.uint64(1), np.arange(2), "umis").tolist()
    [0, 99986]
    """
    mixture = Mixture(np.ones((1, 1), dtype=np.float32), np.zeros((mean.size, 1), dtype=np.int32), mean[:, None])
    counts = draw_counts(mixture, np.array([dispersion]), cells=units, root=int(stream_key(int(key), word)))
    return np.asarray(counts.toarray()[:, 0], dtype=np.int64)
