"""Receptor chains with the recombination events that made them, one row each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from rashomon.sim.vdj.model import RecombinationModel

__all__ = ["COLUMNS", "Recombinations"]


@dataclass(frozen=True, eq=False)
class Recombinations:
    """Recombination events and the junctions they made; every array has one entry per chain.

    Parameters
    ----------
    model
        Model whose alleles `v`, `d` and `j` count.
    v, d, j
        Codes of alleles, ``int16``; `d` is -1 at loci without D segments.
    v_deletion, d_deletion_5, d_deletion_3, j_deletion
        Nucleotides deleted, ``int16``; negative: palindromic nucleotides that were added, as in IGoR.
    insertion_1, insertion_2
        Nucleotides inserted between V and D (V and J without D), and between D and J, ``int16``.
    junction
        Nucleotides from the codon of the cysteine to that of the phenylalanine or tryptophan, dtype ``S``; ``b""``
        where there is none: the V or J allele is not functional, or was deleted as far as its anchor.
    junction_aa
        Residues, dtype ``S``, ``*`` for a stop codon; ``b""`` out of frame or without a junction.
    productive
        Whether the junction is in frame and without a stop codon, begins with C and ends with F, V or W.
    attempts
        Events drawn until this one was kept, this one included, ``int32``.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> from rashomon.sim.vdj import recombination_model, recombine
    >>> chains = recombine(recombination_model("human", "TRB"), stream_key(1, "receptor"), np.arange(5))
    >>> len(chains), bool(chains.productive.all()), bool((chains[2:].junction == chains.junction[2:]).all())
    (5, True, True)
    """

    model: RecombinationModel
    v: np.ndarray
    d: np.ndarray
    j: np.ndarray
    v_deletion: np.ndarray
    d_deletion_5: np.ndarray
    d_deletion_3: np.ndarray
    j_deletion: np.ndarray
    insertion_1: np.ndarray
    insertion_2: np.ndarray
    junction: np.ndarray
    junction_aa: np.ndarray
    productive: np.ndarray
    attempts: np.ndarray

    def __len__(self) -> int:
        return int(self.v.size)

    def __getitem__(self, rows: Any) -> Recombinations:
        return Recombinations(self.model, *(np.atleast_1d(getattr(self, name)[rows]) for name in COLUMNS))

    def v_genes(self) -> np.ndarray:
        """Return codes of V genes, ``int16``: positions in the ``v_genes`` of the model."""
        return np.asarray(self.model.v_gene_codes[self.v])

    def j_genes(self) -> np.ndarray:
        """Return codes of J genes, ``int16``: positions in the ``j_genes`` of the model."""
        return np.asarray(self.model.j_gene_codes[self.j])


COLUMNS = tuple(field.name for field in fields(Recombinations) if field.name != "model")
"""Names of the arrays of `Recombinations`, in their order; the first nine are the event."""
