"""Trip-wires of scores: known ways in which the data on hand make a score mislead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.request import Request
from rashomon.ask.tripwire.record import Finding, Measured
from rashomon.ask.which_score.wire import Neighbours
from rashomon.core import Registry, first_few, resolve

__all__ = [
    "SCORE_TRIPWIRES",
    "SCORE_TRIPWIRE_COLUMNS",
    "ScoreTripWire",
    "score_tripwires",
]

SCORE_TRIPWIRE_COLUMNS = {
    "tripwire": "name of the trip-wire",
    "scores": "scores that are not to be believed where it fires",
    "status": "fired, quiet, or not computable",
    "said": "what was seen, with numbers, or why nothing can be seen",
    "concerned": "clusters or columns concerned",
    "next_step": "what to do; empty unless it fired",
    "guards": "the failure it guards against",
    "thresholds": "from where on it fires",
    "basis": "where the thresholds come from",
    "sensitivity": "share of simulated data sets with the failure in which it fired; NaN where not measured",
    "false_alarm": "share of the healthy ones in which it fired; NaN where not measured",
    "measured_on": "what was simulated",
    "citation": "who described the failure",
}
"""Columns of the table `score_tripwires` and what they mean."""

_EXACT = Measured(1.0, 0.0, "exact: counted, not estimated")
_UNMEASURED = Measured(float("nan"), float("nan"), "not measured: convention")


@dataclass(frozen=True)
class ScoreTripWire:
    """One trip-wire of scores.

    Parameters
    ----------
    name, summary, guards
        Its key, what it looks for, and the failure it guards against.
    scores
        Scores that are not to be believed where it fires.
    function
        Dotted path of ``function(request, neighbours, **thresholds) -> Finding``.
    thresholds, basis, measured
        From where on it fires, where that comes from, and how it did in simulations.
    next_step, citation
        What to do when it has fired, and who described the failure.
    """

    name: str
    summary: str
    guards: str
    scores: tuple[str, ...]
    function: str
    thresholds: Mapping[str, float]
    basis: str
    measured: Measured
    next_step: str
    citation: str

    def check(self, request: Request, neighbours: Neighbours | None) -> Finding:
        """Return what the wire sees: in the data of `request`, and in the `neighbours` where they were computed."""
        if request.lone:
            return Finding("not computable", request.lone.rstrip("."))
        found: Finding = resolve(self.function)(request, neighbours, **self.thresholds)
        return found


SCORE_TRIPWIRES: Registry[ScoreTripWire] = Registry(
    "trip-wire of scores",
    [
        ScoreTripWire(
            "unequal_sizes",
            "Clusters of very unequal size.",
            "One or two large clusters decide the score; a rare type can be lost without a trace.",
            ("ari", "fowlkes_mallows", "silhouette"),
            "rashomon.ask.which_score.wire:unequal_sizes",
            {"gini": 0.6},
            "convention",
            Measured(1.0, 0.0, "four types of 88, 6, 3 and 3 %; six types of similar shares"),
            "Read the agreement class by class (macro F1, element-centric), not one number over all cells.",
            "Warrens and van der Hoef (2022), J Classif 39:487",
        ),
        ScoreTripWire(
            "nested_donors",
            "Donors that were measured in one batch only.",
            "Donors differ and lie in one batch each: mixing looks poor, or good, for the donors' sake.",
            ("bras",),
            "rashomon.ask.which_score.wire:nested_donors",
            {},
            "exact: whether columns are nested is counted",
            _EXACT,
            "Judge mixing within donors measured in two batches, or do not judge it.",
            "Rautenstrauch and Ohler (2025), Nat Biotechnol, doi:10.1038/s41587-025-02743-4",
        ),
        ScoreTripWire(
            "giant_cluster",
            "One cluster with a large part of the clustered receptors.",
            "Links chain most receptors into one cluster: retention is high and says nothing.",
            ("retention", "purity", "consistency_clustered", "consistency_all", "macro_recall"),
            "rashomon.ask.which_score.wire:giant_cluster",
            {"share": 0.3},
            "convention",
            Measured(1.0, 0.0, "receptors of one V gene chained by TCRdist; motifs, V genes, one donor per epitope"),
            "Use a smaller cutoff, or communities in place of components.",
            "Mayer-Blackwell et al. (2021), eLife 10:e68605",
        ),
        ScoreTripWire(
            "pure_by_chance",
            "Clusters so small, or labels so unequal, that permuted labels are pure.",
            "Purity is high for nothing: clusters of two, or one label that most receptors carry.",
            ("purity", "purity_90"),
            "rashomon.ask.which_score.receptor_wire:pure_by_chance",
            {"purity": 0.6},
            "between three labels and ten, in clusters of two and three",
            Measured(1.0, 0.0, "pairs and triples with one label of 80 %, or with three labels; with ten labels"),
            "Read purity beyond chance beside retention, and never purity alone.",
            "Meysman et al. (2019), Bioinformatics 35:1461",
        ),
        ScoreTripWire(
            "v_gene_alone",
            "Labels that the V gene alone tells as well as the clusters do.",
            "Clusters are V genes: they agree with whatever prefers a V gene, and say nothing beyond it.",
            ("purity", "consistency_clustered", "consistency_all", "macro_f1", "ami"),
            "rashomon.ask.which_score.receptor_wire:v_gene_alone",
            {"gain": 0.05},
            "0.05 is what a pick may lose in the trials of scores",
            Measured(1.0, 0.0, "diffuse epitopes by TCRdist, an epitope and a V gene per donor; motifs"),
            "Read the agreement beyond V, J and length (table beyond), or ask for one V gene at a time.",
            "Dash et al. (2017), Nature 547:89",
        ),
        ScoreTripWire(
            "labels_follow_source",
            "Labels that donor, batch or study foretell.",
            "The epitope equals the donor or the study: what agrees with one agrees with the other.",
            ("purity", "purity_90", "consistency_clustered", "consistency_all", "macro_f1", "ami"),
            "rashomon.ask.which_score.receptor_wire:labels_follow_source",
            {"share": 0.5},
            "between worlds of the catalogue in which each donor has one epitope, and those in which all share them",
            Measured(1.0, 0.0, "an epitope per donor; motifs, V genes and a chain in donors that share epitopes"),
            "Judge within a donor that has several labels, or leave out one study after the other.",
            "Pavlovic et al. (2024), Nat Mach Intell 6:15",
        ),
        ScoreTripWire(
            "touching_clusters",
            "Clusters most of which have no gap around them.",
            "Clusters are cuts through a continuum or through noise: a score of gaps picks the number of cuts.",
            ("silhouette", "calinski_harabasz", "davies_bouldin", "dbcv"),
            "rashomon.ask.which_score.wire:touching_clusters",
            {"border": 0.15, "own": 2 / 3},
            "between the worlds of the catalogue with types and those without",
            Measured(
                0.975,
                0.0,
                "a line, branches, a circle, one population; separate types, nested ones, a rare one, batches",
            ),
            "Ask first whether there are groups at all; describe cells by their place along the gradient.",
            "Saelens et al. (2019), Nat Biotechnol 37:547",
        ),
        ScoreTripWire(
            "null_stability",
            "Clusters of one population that come back like stable ones.",
            "Clusters of one population come back as well as stable clusters do.",
            ("ecc", "pairwise_ami", "recovery"),
            "rashomon.ask.which_score.wire:null_stability",
            {"jaccard": 0.75},
            "0.75 is the mark of a stable cluster in Hennig (2007); that null clusters reach it is a convention",
            _UNMEASURED,
            "Compare the stability of each cluster with that of null clusters of its size.",
            "Hennig (2007), Comput Stat Data Anal 52:258",
        ),
        ScoreTripWire(
            "null_validity",
            "Scores that one population reaches, too.",
            "The score is no better than in one population with the same covariance.",
            ("silhouette", "modularity"),
            "rashomon.ask.which_score.wire:null_validity",
            {"p": 0.05},
            "exact Monte-Carlo p, which cannot be below 1 / (draws + 1)",
            _UNMEASURED,
            "Do not read the height of the score as evidence of groups.",
            "Grabski, Street and Irizarry (2023), Nat Methods 20:1196",
        ),
        ScoreTripWire(
            "circular_truth",
            "Label columns made from the same matrix as the clusters.",
            "The labels come from the matrix that made the clusters: agreement is built in.",
            ("ari", "ami", "nmi", "homogeneity", "completeness", "v_measure", "element_centric", "macro_f1"),
            "rashomon.ask.which_score.wire:circular_truth",
            {},
            "as declared: NAME=annotation:expression",
            _EXACT,
            "Choose by labels that were measured in another way.",
            "Kriegeskorte et al. (2009), Nature Neuroscience 12:535",
        ),
    ],
)
"""Every trip-wire of scores; rates are those of `tests/statistical/test_which_score.py`."""


def score_tripwires(request: Request, neighbours: Neighbours | None = None) -> pd.DataFrame:
    """Return what every trip-wire of scores says, those that fired first.

    Parameters
    ----------
    request
        Data and labels.
    neighbours
        Of the pipeline that stands in; without them, the wire on touching clusters is not computable.

    Returns
    -------
    One row per wire, see `SCORE_TRIPWIRE_COLUMNS`.
    """
    rows = [_row(wire, wire.check(request, neighbours)) for wire in SCORE_TRIPWIRES.values()]
    table = pd.DataFrame(rows, columns=list(SCORE_TRIPWIRE_COLUMNS))
    place = [("fired", "quiet", "not computable").index(status) for status in table["status"]]
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _row(wire: ScoreTripWire, found: Finding) -> dict[str, Any]:
    return {
        "tripwire": wire.name,
        "scores": ", ".join(wire.scores),
        "status": found.status,
        "said": found.said,
        "concerned": first_few(found.concerned, n=10),
        "next_step": wire.next_step if found.status == "fired" else "",
        "guards": wire.guards,
        "thresholds": ", ".join(f"{name} {value:.2g}" for name, value in wire.thresholds.items()),
        "basis": wire.basis,
        "sensitivity": wire.measured.sensitivity,
        "false_alarm": wire.measured.false_alarm,
        "measured_on": wire.measured.on,
        "citation": wire.citation,
    }
