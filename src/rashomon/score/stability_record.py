"""Every stability measure, once."""

from __future__ import annotations

from math import inf

from rashomon.core import Registry
from rashomon.score.stability import Stability

__all__ = ["STABILITY"]

STABILITY: Registry[Stability] = Registry(
    "stability measure",
    [
        Stability(
            name="ecc",
            display="element-centric consistency",
            function="rashomon.score.consistency:mean_consistency",
            needs="runs",
            direction=1,
            range=(0.0, 1.0),
            chance=None,
            draws=False,
            interval=False,
            summary="How alike the company of an item is in two runs, averaged over pairs of runs and items.",
            citation="Gates, Wood, Hetrick and Ahn (2019), Sci Rep 9:8574",
        ),
        Stability(
            name="pairwise_ami",
            display="AMI of two runs",
            function="rashomon.score.consistency:mean_agreement",
            needs="runs",
            direction=1,
            range=(-1.0, 1.0),
            chance=0.0,
            draws=False,
            interval=False,
            summary="Information that two runs share, corrected for chance, averaged over pairs of runs.",
            citation="Vinh, Epps and Bailey (2010), J Mach Learn Res 11:2837",
        ),
        Stability(
            name="inconsistency",
            display="inconsistency coefficient",
            function="rashomon.score.consistency:inconsistency",
            needs="runs",
            direction=-1,
            range=(1.0, inf),
            chance=None,
            draws=False,
            interval=False,
            summary="How many different labelings the runs amount to; 1 when all are the same.",
            citation="Kim et al. (2025), scICE, Nat Commun 16",
        ),
        Stability(
            name="pac",
            display="PAC",
            function="rashomon.score.coassignment:ambiguous_share",
            needs="runs",
            direction=-1,
            range=(0.0, 1.0),
            chance=None,
            draws=True,
            interval=True,
            summary="Share of pairs of items that runs neither keep together nor apart; read it against its null.",
            citation="Senbabaoglu, Michailidis and Li (2014), Sci Rep 4:6207",
        ),
        Stability(
            name="recovery",
            display="cluster-wise Jaccard",
            function="rashomon.score.recovery:mean_recovery",
            needs="reference",
            direction=1,
            range=(0.0, 1.0),
            chance=None,
            draws=True,
            interval=False,
            summary="How well the clusters of a reference are found again in the runs, every cluster counted once.",
            citation="Hennig (2007), Comput Stat Data Anal 52:258",
        ),
        Stability(
            name="transfer",
            display="transfer instability",
            function="rashomon.score.transfer:mean_transfer",
            needs="predicted",
            direction=-1,
            range=(0.0, inf),
            chance=1.0,
            draws=True,
            interval=False,
            summary="Items on which clusters carried over from the other half differ, relative to random labels.",
            citation="Lange, Roth, Braun and Buhmann (2004), Neural Comput 16:1299",
        ),
    ],
)
"""All stability measures by name."""
