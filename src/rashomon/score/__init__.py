"""Scores: pure functions from label codes (with a view or a graph) to numbers, each described by a record."""

from __future__ import annotations

from rashomon.score.catalogue import SCORES
from rashomon.score.check import check_score
from rashomon.score.classwise import class_scores
from rashomon.score.coassignment import CoAssignment, ambiguous_share, co_assignment
from rashomon.score.compute import score, score_pair
from rashomon.score.consistency import Consistency, element_consistency, inconsistency
from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.element import element_centric_items
from rashomon.score.halfsample import (
    HalfSampleInterval,
    half_sample_draws,
    half_sample_interval,
    interval_around,
)
from rashomon.score.jaccard import best_matches
from rashomon.score.kmer_mark import kmer_marks
from rashomon.score.record import Score, ScoreResult, Unassigned
from rashomon.score.recovery import cluster_recovery
from rashomon.score.run_pair import agreement_matrix, pair_table
from rashomon.score.silhouette import silhouette_items
from rashomon.score.split import MIN_BLOCKS, half_splits
from rashomon.score.stability import Stability, StabilityResult
from rashomon.score.stability_record import STABILITY
from rashomon.score.stability_table import STABILITY_TABLE, stability_table
from rashomon.score.table import SCORE_TABLE, Column, agreement, check_score_table, score_table
from rashomon.score.transfer import Transfer, transfer_instability

__all__ = [
    "MIN_BLOCKS",
    "SCORES",
    "SCORE_TABLE",
    "STABILITY",
    "STABILITY_TABLE",
    "CoAssignment",
    "Column",
    "Consistency",
    "Contingency",
    "HalfSampleInterval",
    "Score",
    "ScoreResult",
    "Stability",
    "StabilityResult",
    "Transfer",
    "Unassigned",
    "agreement",
    "agreement_matrix",
    "ambiguous_share",
    "best_matches",
    "check_score",
    "check_score_table",
    "class_scores",
    "cluster_recovery",
    "co_assignment",
    "element_centric_items",
    "element_consistency",
    "half_sample_draws",
    "half_sample_interval",
    "half_splits",
    "inconsistency",
    "interval_around",
    "kmer_marks",
    "pair_table",
    "score",
    "score_pair",
    "score_table",
    "silhouette_items",
    "stability_table",
    "tabulate",
    "transfer_instability",
]
