"""How long junctions are and of what residues they are made."""

from __future__ import annotations

import numpy as np

from rashomon.encode.kmer import POSITIONS, count_kmers
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.sim.repertoire_realism.prepared import Prepared

__all__ = ["internal_cysteine", "kmer_usage", "length", "middle_usage"]

_GERMLINE = (3, 3)
"""Residues left out at the start and at the end, which V and J fix nearly alone."""


def length(repertoire: Prepared) -> np.ndarray:
    """Return the length of each junction of the `repertoire`, in residues with both anchors."""
    return repertoire.lengths


def kmer_usage(repertoire: Prepared) -> np.ndarray:
    """Return how often each of 8,000 3-mers occurs between the anchors of the junctions of the `repertoire`."""
    return _totals(repertoire, k=3, positional=False, trim=(1, 1))


def middle_usage(repertoire: Prepared) -> np.ndarray:
    """Return how often each residue stands at each IMGT position, in the middle of the junctions of the `repertoire`.

    Returns
    -------
    Shape ``(n_positions, 20)``; three residues at either end are left out.
    """
    counts = _totals(repertoire, k=1, positional=True, trim=_GERMLINE)
    return counts.reshape(len(POSITIONS), len(AMINO_ACIDS))


def internal_cysteine(repertoire: Prepared) -> np.ndarray:
    """Return the share of the receptors of the `repertoire` with a cysteine beyond the anchor, shape ``(1,)``."""
    return np.array([(repertoire.letters[:, 1:] == ord("C")).any(axis=1).mean()])


def _totals(repertoire: Prepared, *, k: int, positional: bool, trim: tuple[int, int]) -> np.ndarray:
    counts = count_kmers(repertoire.drawn.junction_aa, k=k, positional=positional, trim=trim)
    return np.bincount(counts.indices, weights=counts.data, minlength=counts.shape[1])
