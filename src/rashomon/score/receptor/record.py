"""Receptor scores: one record per score, with what it reads, what it is compared with, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from rashomon.core import Registry, resolve
from rashomon.score.receptor.guard import NO_ITEM, NO_LARGE_LABEL, SEPARATION, Guard

__all__ = ["RECEPTOR_SCORES", "Reads", "ReceptorScore"]

Reads = Literal["tally", "clusters", "donors", "strata"]


@dataclass(frozen=True)
class ReceptorScore:
    """A score of a clustering of receptors.

    Parameters
    ----------
    name
        The name users type.
    display
        The name in tables and figures.
    function
        Dotted path ``module:function``.
    reads
        What the function is called with: the ``tally`` of labels in clusters, the labeling alone (``clusters``),
        labeling and donor codes (``donors``), or labeling, truth codes and ``strata``.
    direction
        +1 when larger is better, -1 when smaller is.
    range
        Lowest and highest value.
    chance
        The expected value when labels say nothing; None when it depends on the sizes.
    guards
        Conditions under which there is no value, in the order in which they are asked.
    baseline
        What gives the level by chance: permuted ``labels`` or ``donors``, or a ``background`` of the same V, J and
        length; ``none``: the score needs no such level.
    interval
        Whether half-samples give an interval.
    summary
        One line for tables.
    citation
        Where the score comes from.
    """

    name: str
    display: str
    function: str
    reads: Reads
    direction: Literal[1, -1]
    range: tuple[float, float]
    chance: float | None
    guards: tuple[Guard, ...]
    baseline: Literal["labels", "donors", "background", "none"]
    interval: bool
    summary: str
    citation: str

    def call(self, *args: Any) -> float:
        """Call the function behind the record with `args`, as `reads` says."""
        return float(resolve(self.function)(*args))


_ROOM = "rashomon.score.receptor"
_MEYSMAN = "Meysman et al. (2019), Bioinformatics 35:1461"
_VALKIERS = "Valkiers et al. (2021), Bioinformatics 37:4865"
_OWN = "Rashomon"


def _of_tally(name: str, display: str, module: str, summary: str, citation: str, **changed: Any) -> ReceptorScore:
    usual: dict[str, Any] = {"guards": SEPARATION, "baseline": "labels", "interval": True, "chance": None}
    path = f"{_ROOM}.{module}:{name}"
    return ReceptorScore(
        name, display, path, "tally", 1, (0.0, 1.0), summary=summary, citation=citation, **(usual | changed)
    )


def _of_donors(name: str, display: str, summary: str) -> ReceptorScore:
    return ReceptorScore(
        name, display, f"{_ROOM}.donor_spread:{name}", "donors", 1, (0.0, 1.0), None, (), "donors",
        interval=True, summary=summary, citation=_OWN,
    )  # fmt: skip


def _of_clusters(name: str, display: str, summary: str) -> ReceptorScore:
    path = f"{_ROOM}.percolation:{name}"
    return ReceptorScore(
        name, display, path, "clusters", -1, (0.0, 1.0), None, (), "none",
        interval=False, summary=summary, citation=_OWN,
    )  # fmt: skip


_LARGE = {"guards": (*SEPARATION, NO_LARGE_LABEL)}

RECEPTOR_SCORES: Registry[ReceptorScore] = Registry(
    "receptor score",
    [
        _of_tally(
            "retention", "retention", "retention",
            "Share of labelled receptors in a cluster of two or more; rises with the number of receptors.",
            _MEYSMAN, guards=(NO_ITEM,), baseline="background",
        ),
        _of_tally(
            "purity", "purity", "purity",
            "Share of clustered receptors with the most frequent label of their cluster; small clusters flatter it.",
            _MEYSMAN,
        ),
        _of_tally(
            "purity_90", "purity 90", "purity",
            "Share of clusters in which 90 % of the receptors share a label; clusters of two decide.",
            _VALKIERS,
        ),
        _of_tally(
            "consistency_clustered", "consistency / clustered", "consistency",
            "Share of clustered receptors in the cluster matched with their label, best matching.",
            f"{_VALKIERS}; matching: Kuhn (1955), Nav Res Logist Q 2:83",
        ),
        _of_tally(
            "consistency_all", "consistency / all", "consistency",
            "Share of all labelled receptors in the cluster matched with their label, best matching.",
            f"{_MEYSMAN}; matching: Kuhn (1955), Nav Res Logist Q 2:83",
        ),
        _of_tally(
            "consistency_clustered_greedy", "consistency / clustered (greedy)", "consistency",
            "As consistency / clustered with the published greedy matching, which depends on the order of ties.",
            _VALKIERS,
        ),
        _of_tally(
            "consistency_all_greedy", "consistency / all (greedy)", "consistency",
            "As consistency / all with the published greedy matching, which depends on the order of ties.",
            _MEYSMAN,
        ),
        _of_tally(
            "macro_precision", "macro precision", "per_label",
            "Share of receptors with a label in the clusters that stand for it, averaged over labels.", _OWN, **_LARGE,
        ),
        _of_tally(
            "macro_recall", "macro recall", "per_label",
            "Share of the receptors of a label in the clusters that stand for it, averaged over labels.",
            _OWN, **_LARGE,
        ),
        _of_tally(
            "macro_f1", "macro F1", "per_label",
            "F1 of each label with the clusters that stand for it, averaged over labels.", _OWN, **_LARGE,
        ),
        ReceptorScore(
            "conditional_agreement", "agreement beyond strata", f"{_ROOM}.conditional:conditional_agreement", "strata",
            1, (-inf, 1.0), 0.0, SEPARATION, "labels",
            interval=True, citation=_OWN,
            summary="How far clusters follow the truth beyond V, J and length, or whatever the strata are.",
        ),
        _of_donors("multi_donor_share", "clusters of several donors", "Share of clusters with two donors or more."),
        _of_donors("cross_donor_pairs", "pairs across donors", "Share of pairs within clusters that join two donors."),
        _of_clusters("percolation", "percolation", "Share of all receptors in the largest cluster."),
        _of_clusters(
            "percolation_clustered", "percolation / clustered", "Share of clustered receptors in the largest cluster."
        ),
    ],
)  # fmt: skip
"""Every score of clusterings of receptors, by name."""
