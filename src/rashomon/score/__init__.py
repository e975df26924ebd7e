"""Scores: pure functions from label codes (with a view or a graph) to numbers, each described by a record."""

from __future__ import annotations

from rashomon.score.catalogue import SCORES
from rashomon.score.compute import score, score_pair
from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.element import element_centric_items
from rashomon.score.halfsample import (
    HalfSampleInterval,
    half_sample_draws,
    half_sample_interval,
    interval_around,
)
from rashomon.score.jaccard import best_matches
from rashomon.score.record import Score, ScoreResult, Unassigned
from rashomon.score.silhouette import silhouette_items
from rashomon.score.split import MIN_BLOCKS, half_splits
from rashomon.score.table import SCORE_TABLE, Column, agreement, check_score_table, score_table

__all__ = [
    "MIN_BLOCKS",
    "SCORES",
    "SCORE_TABLE",
    "Column",
    "Contingency",
    "HalfSampleInterval",
    "Score",
    "ScoreResult",
    "Unassigned",
    "agreement",
    "best_matches",
    "check_score_table",
    "element_centric_items",
    "half_sample_draws",
    "half_sample_interval",
    "half_splits",
    "interval_around",
    "score",
    "score_pair",
    "score_table",
    "silhouette_items",
    "tabulate",
]
