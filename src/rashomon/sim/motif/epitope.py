"""An epitope: which receptors see it, on which HLA allele, and how well labels say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.hla import HlaClass, hla_class, lineage_of
from rashomon.sim.motif.bias import NO_BIAS, GeneBias
from rashomon.sim.motif.motif import Motif

__all__ = ["Epitope", "EpitopeArm"]

EpitopeArm = Literal["alpha", "beta", "both", "pair"]
"""Where the motifs are; ``both``: each chain tells by itself; ``pair``: only both together do."""


@dataclass(frozen=True, eq=False)
class Epitope:
    """What the receptors of an epitope share, and what they do not.

    Parameters
    ----------
    name
        Name in tables.
    hla
        The allele that presents it, at two fields. It fixes the class and the lineage of the cells.
    arm
        Chains with a motif, see `EpitopeArm`. With ``pair``, receptors that do not bind carry one half as often as
        binders carry both, so that neither chain alone says anything; epitopes of one world share the halves.
    alpha, beta
        Motifs of each chain. A binder with a motif carries one of them in each chain that has any, each with the same
        probability; with ``pair``, the motif of alpha at one place goes with that of beta at the same place.
    orphan_share
        Share of the binders without any motif, 0.5 to 0.99.
    v_alpha, j_alpha, v_beta, j_beta
        Genes that its binders prefer, orphans included.
    false_positive
        Probability that a receptor that does not bind is labelled as a binder.
    false_negative
        Probability that a binder is not labelled.

    Raises
    ------
    UsageError
        ``epitope.arm``, ``epitope.share`` or ``hla.name`` when it cannot be.

    Examples
    --------
    >>> epitope = Epitope("E1", "A*02:01", "beta", beta=(Motif("m", "SYG"),))
    >>> epitope.mhc_class, epitope.lineage
    ('I', 'CD8')
    """

    name: str
    hla: str
    arm: EpitopeArm
    alpha: tuple[Motif, ...] = ()
    beta: tuple[Motif, ...] = ()
    orphan_share: float = 0.7
    v_alpha: GeneBias = NO_BIAS
    j_alpha: GeneBias = NO_BIAS
    v_beta: GeneBias = NO_BIAS
    j_beta: GeneBias = NO_BIAS
    false_positive: float = 0.0
    false_negative: float = 0.0

    def __post_init__(self) -> None:
        hla_class(self.hla)
        if self.arm not in get_args(EpitopeArm):
            raise self._refused(f"unknown arm {self.arm!r}", did_you_mean(str(self.arm), get_args(EpitopeArm)))
        for arm, motifs in (("alpha", self.alpha), ("beta", self.beta)):
            if bool(motifs) != (self.arm in {arm, "both", "pair"}):
                raise self._refused(
                    f"{len(motifs)} motifs in {arm}, and the signal is in {self.arm}",
                    "motifs in the chains of the signal, and in no other",
                )
        if self.arm == "pair" and len(self.alpha) != len(self.beta):
            raise self._refused(
                f"{len(self.alpha)} motifs of alpha and {len(self.beta)} of beta make no pairs", "as many of each"
            )
        shares = {"false_positive": self.false_positive, "false_negative": self.false_negative}
        wrong = [f"{name} of {share}" for name, share in shares.items() if not 0 <= share < 1]
        if not 0.5 <= self.orphan_share <= 0.99:
            wrong.append(f"orphan_share of {self.orphan_share}")
        if wrong:
            raise UsageError(
                ", ".join(wrong),
                where=f"epitope {self.name!r}",
                expected="an orphan share in [0.5, 0.99], rates of wrong labels in [0, 1)",
                code="epitope.share",
            )

    def _refused(self, what: str, fix: str) -> UsageError:
        return UsageError(what, where=f"epitope {self.name!r}", fix=fix, code="epitope.arm")

    @property
    def mhc_class(self) -> HlaClass:
        """Class of the allele, which the allele fixes."""
        return hla_class(self.hla)

    @property
    def lineage(self) -> Literal["CD4", "CD8"]:
        """Lineage of the cells, which the class fixes."""
        return lineage_of(self.hla)

    @property
    def motif_share(self) -> float:
        """Share of the binders with a motif."""
        return 1.0 - self.orphan_share
