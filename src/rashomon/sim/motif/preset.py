"""Kinds of epitopes, as responses look in people: focused, public, driven by alpha, diffuse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import Registry
from rashomon.sim.motif.bias import NO_BIAS, GeneBias
from rashomon.sim.motif.epitope import Epitope, EpitopeArm
from rashomon.sim.motif.random import make_motifs

__all__ = ["PRESETS", "EpitopePreset"]


@dataclass(frozen=True)
class EpitopePreset:
    """A kind of epitope; the numbers are choices in the spirit of the cited responses, not estimates from them.

    Parameters
    ----------
    name
        Unique in `PRESETS`.
    summary
        What such a response looks like.
    citation
        Where responses of this kind are described.
    arm
        Chains with a motif.
    n_motifs
        Motifs in each of these chains.
    length
        Residues of a motif.
    mismatches
        Probabilities of 0, 1 ... mismatches.
    orphan_share
        Share of the binders without motif.
    v_alpha, j_alpha, v_beta, j_beta
        Preferred genes, in the chains with a motif. A pair has none: they would let one chain say something.
    """

    name: str
    summary: str
    citation: str
    arm: EpitopeArm
    n_motifs: int
    length: int
    mismatches: tuple[float, ...]
    orphan_share: float
    v_alpha: GeneBias = NO_BIAS
    j_alpha: GeneBias = NO_BIAS
    v_beta: GeneBias = NO_BIAS
    j_beta: GeneBias = NO_BIAS

    def epitope(
        self,
        key: np.uint64,
        *,
        name: str,
        hla: str = "A*02:01",
        false_positive: float = 0.0,
        false_negative: float = 0.0,
    ) -> Epitope:
        """Return an epitope of this kind, with random motifs.

        Parameters
        ----------
        key
            From `rashomon.sim.stream.stream_key`; draws the motifs. Epitopes made with different keys may share one.
        name
            Of the epitope; its motifs are called after it.
        hla
            The allele that presents it.
        false_positive, false_negative
            Rates of wrong labels.

        Raises
        ------
        UsageError
            As `Epitope` and `make_motifs` do.
        """
        n_chains = 2 if self.arm in {"both", "pair"} else 1
        motifs = make_motifs(
            key, n_chains * self.n_motifs, length=self.length, mismatches=self.mismatches, prefix=f"{name}-"
        )
        in_alpha = 0 if self.arm == "beta" else self.n_motifs
        return Epitope(
            name, hla, self.arm, motifs[:in_alpha], motifs[in_alpha:], self.orphan_share,
            self.v_alpha, self.j_alpha, self.v_beta, self.j_beta, false_positive, false_negative,
        )  # fmt: skip


PRESETS: Registry[EpitopePreset] = Registry(
    "epitope preset",
    [
        EpitopePreset(
            "focused",
            "One motif of beta beside one V and one J gene, as against influenza M1 on A*02:01.",
            "Dash et al. (2017), Nature 547:89; Stewart-Jones et al. (2003), Nature Immunology 4:657",
            "beta",
            n_motifs=1,
            length=4,
            mismatches=(0.7, 0.3),
            orphan_share=0.5,
            v_beta=GeneBias(("TRBV19",), 0.8),
            j_beta=GeneBias(("TRBJ2-7",), 0.3),
        ),
        EpitopePreset(
            "public motif",
            "Nearly the same motifs of alpha and beta in many people, each telling by itself.",
            "Venturi et al. (2008), Nature Reviews Immunology 8:231; Dash et al. (2017), Nature 547:89",
            "both",
            n_motifs=2,
            length=4,
            mismatches=(0.95, 0.05),
            orphan_share=0.6,
            v_alpha=GeneBias(("TRAV27",), 0.5),
            j_alpha=GeneBias(("TRAJ42",), 0.4),
            v_beta=GeneBias(("TRBV19",), 0.5),
            j_beta=GeneBias(("TRBJ2-7",), 0.3),
        ),
        EpitopePreset(
            "alpha-driven",
            "A V gene of alpha carries the response, as TRAV12-2 against Melan-A on A*02:01; beta shows nothing.",
            "Cole et al. (2009), Journal of Biological Chemistry 284:27281",
            "alpha",
            n_motifs=1,
            length=3,
            mismatches=(0.6, 0.4),
            orphan_share=0.8,
            v_alpha=GeneBias(("TRAV12-2",), 0.9),
            j_alpha=GeneBias(("TRAJ45",), 0.2),
        ),
        EpitopePreset(
            "pair only",
            "A motif of alpha with one of beta; either alone is as frequent in other epitopes and without any.",
            "Carter et al. (2019), Frontiers in Immunology 10:1516",
            "pair",
            n_motifs=1,
            length=4,
            mismatches=(0.9, 0.1),
            orphan_share=0.5,
        ),
        EpitopePreset(
            "diffuse",
            "Many weak motifs, no preferred genes, and hardly a binder with any of them.",
            "Mayer & Callan (2023), PNAS 120:e2213264120; Meysman et al. (2019), Bioinformatics 35:1461",
            "beta",
            n_motifs=12,
            length=4,
            mismatches=(0.4, 0.4, 0.2),
            orphan_share=0.9,
        ),
    ],
)
"""Every kind of epitope."""
