"""Selection as a factor Q on the probability of generation: ``P(receptor in blood) = Q P(receptor generated)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.selection.feature import KINDS, FeatureSpace, add_weights, feature_codes, letters_of
from rashomon.sim.selection.gene import group_codes

__all__ = ["Selection"]


@dataclass(frozen=True, eq=False)
class Selection:
    """A log-linear Q: the sum of the weights of the features of a chain, minus the normaliser.

    Q is relative to generated productive chains of one recombination model, and means nothing without it.

    Parameters
    ----------
    species, locus
        Of the recombination model.
    v_genes, j_genes
        Names of the genes, in the order of the model.
    v_groups
        Group of each V gene, ``int32``: genes that the data could not tell apart share one; -1 for genes that are never
        generated.
    j_groups
        The same for J.
    weights
        Table of each kind of `rashomon.sim.selection.feature.KINDS`, ``float64``: ``length`` ``(max_length + 1,)``,
        ``v`` ``(n_v,)``, ``j`` ``(n_j,)``, ``vj`` ``(n_v, n_j)``, ``left`` and ``right`` ``(depth, 20)``.
    log_z
        Logarithm of the mean of the exponentiated weights over generated chains.
    bound
        Logarithm of the value at which Q is cut in rejection.
    cut
        Share of the mass of Q above the bound, in [0, 1): what rejection loses.
    n_real, n_generated
        Chains of the fit: observed, and generated (as many again for `log_z`, `bound` and `cut`).
    source
        Where the observed chains are from.
    notes
        What was left out of the fit, and what could not be estimated.

    Raises
    ------
    UsageError
        When the tables do not fit the genes or each other.
    """

    species: str
    locus: str
    v_genes: tuple[str, ...]
    j_genes: tuple[str, ...]
    v_groups: np.ndarray
    j_groups: np.ndarray
    weights: Mapping[str, np.ndarray]
    log_z: float
    bound: float
    cut: float
    n_real: int
    n_generated: int
    source: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if set(self.weights) != set(KINDS):
            raise UsageError("kinds of features are wrong", where="weights", expected=", ".join(KINDS))
        shapes = {kind: self.weights[kind].shape for kind in KINDS}
        if shapes != self.space.shapes:
            raise UsageError(
                "tables do not fit the genes or each other",
                where="weights",
                expected=str(self.space.shapes),
                fix=f"they are {shapes}",
            )

    @property
    def space(self) -> FeatureSpace:
        """Features that there are."""
        return FeatureSpace(
            n_v=int(self.v_groups.max()) + 1,
            n_j=int(self.j_groups.max()) + 1,
            max_length=self.weights["length"].shape[0] - 1,
            depth=self.weights["left"].shape[0],
        )

    @property
    def flat(self) -> np.ndarray:
        """Weights of all features in the order of their codes, ``float64``."""
        return np.concatenate([self.weights[kind].ravel() for kind in KINDS])

    def log_q(
        self, junction_aa: np.ndarray, v: Sequence[str] | np.ndarray, j: Sequence[str] | np.ndarray
    ) -> np.ndarray:
        """Return the natural logarithm of Q of each chain.

        Parameters
        ----------
        junction_aa
            Junctions from the cysteine to the phenylalanine or tryptophan, both included; dtype ``S``, shape ``(n,)``.
        v, j
            Calls: names of genes or alleles (several of one call separated by commas), or positions in `v_genes` and
            `j_genes`; shape ``(n,)``.

        Returns
        -------
        ``float64``, shape ``(n,)``; the mean of Q over generated productive chains is 1. NaN where the model has
        nothing to say: no junction, one with other letters than the 20 residues, no call, a gene that is unknown or
        never generated, a call whose genes the model tells apart.

        Raises
        ------
        UsageError
            When lengths differ, or a code has no gene.
        """
        letters = letters_of(junction_aa)
        v_codes = group_codes(v, genes=self.v_genes, groups=self.v_groups, where="v")
        j_codes = group_codes(j, genes=self.j_genes, groups=self.j_groups, where="j")
        if not letters.shape[0] == v_codes.size == j_codes.size:
            raise UsageError(
                f"{letters.shape[0]} junctions, {v_codes.size} V calls and {j_codes.size} J calls",
                where="junction_aa, v and j",
                expected="one each per chain",
                code="selection.length",
            )
        return add_weights(feature_codes(letters, v_codes, j_codes, space=self.space), self.flat) - self.log_z
