"""V genes that primers catch worse, in each batch others."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from rashomon.core import UsageError
from rashomon.dataset.gene_call import at_level
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.binomial import binomials
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["efficiencies", "primer_bias"]


def primer_bias(chains: ChainTable, key: np.uint64, *, sd: float, batch: np.ndarray) -> ChainTable:
    """Catch each molecule with the efficiency of its V gene in its batch.

    Parameters
    ----------
    chains
        Chains; molecules, and reads in proportion, become fewer.
    key
        From `rashomon.sim.stream.stream_key`.
    sd
        Strength (ln, at least 0; neutral 0): the efficiency is exp(-sd |z|), z standard normal for each V gene in each
        batch.
    batch
        Batch of each cell, shape ``(n_cells,)``, names or codes; compared by their text.

    Returns
    -------
    The chains, in their order; molecules are binomial. Chains without a V call are caught.

    Raises
    ------
    UsageError
        When the strength is negative, or a chain's cell has no batch.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains, umi_counts
    >>> calls = GeneCalls.from_texts(["TRBV9*01", "TRBV9*02", "TRBV2*01"])
    >>> chains = own_chains(np.arange(3), np.zeros(3, int), np.array([b"TGTTTT"] * 3), v=calls, j=calls)
    >>> many = umi_counts(chains, np.uint64(1), vdj=1000.0, vj=0.0)
    >>> primer_bias(many, np.uint64(1), sd=1.0, batch=np.zeros(3, int)).umis.tolist()
    [441, 405, 671]
    """
    strength = float(checked(sd, "sd", where="primer_bias"))
    names, codes = np.unique(np.asarray(batch), return_inverse=True)
    if chains.n_chains and chains.cell.max() >= codes.size:
        raise UsageError(
            f"batches of {codes.size} cells", where="primer_bias", expected=f"at least {chains.cell.max() + 1}"
        )
    if strength == 0.0:
        return chains
    table = efficiencies(chains.v.names, tuple(map(str, names)), key, sd=strength)
    known = chains.v.codes >= 0
    share = np.where(known, table[codes.ravel()[chains.cell], chains.v.codes], 1.0)
    toss = uniforms(stream_key(int(key), "caught"), chains.unit)[:, 0]
    return chains.thinned(binomials(toss, chains.umis, share))


def efficiencies(calls: tuple[str, ...], batches: tuple[str, ...], key: np.uint64, *, sd: float) -> np.ndarray:
    """Return the share of molecules that is caught, ``float64``, shape ``(n_batches, n_calls)``.

    Parameters
    ----------
    calls
        Texts of V calls; alleles of a gene are caught alike, and of a call with several genes the first counts.
    batches
        Names.
    key
        From `rashomon.sim.stream.stream_key`.
    sd
        Strength.

    Examples
    --------
    >>> found = efficiencies(("TRBV9*01", "TRBV9*02", "TRBV2*01"), ("a",), np.uint64(1), sd=0.5)[0]
    >>> bool(found[0] == found[1]), bool(found[0] != found[2])
    (True, True)
    """
    genes = [at_level(call.split(",")[0], "gene") for call in calls]
    # a batch without a chain of the gene has an efficiency of it too: nothing depends on what was drawn
    toss = [[uniforms(stream_key(int(key), "primer", b, g), np.zeros(1))[0, 0] for g in genes] for b in batches]
    return np.asarray(np.exp(-sd * np.abs(ndtri(np.array(toss).reshape(len(batches), len(genes))))))
