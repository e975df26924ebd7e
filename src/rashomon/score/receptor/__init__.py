"""Scores of clusterings of receptors: how many are kept, how well clusters follow labels, and what chance gives."""

from __future__ import annotations

from rashomon.score.receptor.assignment import exact_assignment, greedy_assignment
from rashomon.score.receptor.conditional import ConditionalAgreement, conditional_agreement
from rashomon.score.receptor.donor_spread import (
    DonorSpread,
    cross_donor_links,
    cross_donor_pairs,
    donor_spread,
    multi_donor_share,
)
from rashomon.score.receptor.excess import Excess, excess
from rashomon.score.receptor.grouping import Grouping, Tally, group
from rashomon.score.receptor.guard import Guard, first_guard, warning
from rashomon.score.receptor.interval import half_sample_intervals
from rashomon.score.receptor.per_label import MIN_LABEL_ITEMS, label_table
from rashomon.score.receptor.percolation import percolation, percolation_clustered
from rashomon.score.receptor.permutation import Baseline, baseline, combined_strata, permuted_scores
from rashomon.score.receptor.record import RECEPTOR_SCORES, ReceptorScore
from rashomon.score.receptor.retention_curve import CurveArea, common_range, curve_area, purity_retention_curve
from rashomon.score.receptor.table import RECEPTOR_SCORE_COLUMNS, ScoreOptions, receptor_score_table

__all__ = [
    "MIN_LABEL_ITEMS",
    "RECEPTOR_SCORES",
    "RECEPTOR_SCORE_COLUMNS",
    "Baseline",
    "ConditionalAgreement",
    "CurveArea",
    "DonorSpread",
    "Excess",
    "Grouping",
    "Guard",
    "ReceptorScore",
    "ScoreOptions",
    "Tally",
    "baseline",
    "combined_strata",
    "common_range",
    "conditional_agreement",
    "cross_donor_links",
    "cross_donor_pairs",
    "curve_area",
    "donor_spread",
    "exact_assignment",
    "excess",
    "first_guard",
    "greedy_assignment",
    "group",
    "half_sample_intervals",
    "label_table",
    "multi_donor_share",
    "percolation",
    "percolation_clustered",
    "permuted_scores",
    "purity_retention_curve",
    "receptor_score_table",
    "warning",
]
