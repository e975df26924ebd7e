"""Bias of genes: a preferred gene is used more often than generation alone would use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.dataset import at_level

__all__ = ["NO_BIAS", "GeneBias"]


@dataclass(frozen=True)
class GeneBias:
    """Genes that the receptors of an epitope prefer in one segment of one chain.

    Parameters
    ----------
    genes
        The preferred genes; empty: no bias.
    strength
        0 (usage of generation) to 1 (only preferred genes).

    Raises
    ------
    UsageError
        ``motif.bias`` when the strength is out of range, or there is one without genes.

    Examples
    --------
    >>> bias = GeneBias(("TRBV19",), 0.5)
    >>> bias.shares(["TRBV9", "TRBV19"], np.array([0.8, 0.2])).round(6).tolist()
    [0.4, 0.6]
    """

    genes: tuple[str, ...] = ()
    strength: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1 or bool(self.genes) != (self.strength > 0):
            raise UsageError(
                f"a strength of {self.strength} for {len(self.genes)} genes",
                where="gene bias",
                expected="genes with a strength in (0, 1], or neither",
                code="motif.bias",
            )

    def shares(self, names: Sequence[str], usage: np.ndarray) -> np.ndarray:
        """Return how often each gene is used: ``(1 - strength) usage + strength usage among the preferred genes``.

        Parameters
        ----------
        names
            Genes or alleles; alleles of a preferred gene are preferred.
        usage
            Share of each in generation; sums to 1.

        Raises
        ------
        UsageError
            ``motif.bias`` when no preferred gene is ever generated.
        """
        wanted = {at_level(gene, "gene") for gene in self.genes}
        usage = np.asarray(usage, dtype=np.float64)
        if not wanted:
            return usage.copy()
        preferred = np.where([at_level(name, "gene") in wanted for name in names], usage, 0.0)
        if preferred.sum() <= 0:
            raise UsageError(
                f"none of {first_few(sorted(wanted))} is ever generated",
                where="gene bias",
                expected="genes of the model of recombination",
                code="motif.bias",
            )
        return np.asarray((1 - self.strength) * usage + self.strength * preferred / preferred.sum())


NO_BIAS = GeneBias()
"""Genes are used as generation uses them."""
