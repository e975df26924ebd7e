"""Physical limits: what no method can find, in closed form, from cells, genes, distances and depth."""

from __future__ import annotations

from rashomon.sim.limit.clone import cells_to_see, chance_shared, chance_unseen
from rashomon.sim.limit.curve import CEILING_COLUMNS, ceiling_curve
from rashomon.sim.limit.depth import Bounds, count_log_affinity, error_bounds, molecule_log_affinity
from rashomon.sim.limit.graph import block_detection_ratio, block_exact_recovery_ratio, merge_gain, resolution_limit
from rashomon.sim.limit.mixture import (
    exact_recovery_distance,
    max_groups_without_gap,
    minimax_exponent,
    weak_recovery_distance,
)
from rashomon.sim.limit.molecule import depth_needed, molecules_needed
from rashomon.sim.limit.optimum import optimal_two_group_error
from rashomon.sim.limit.score import ari_of_error, nmi_of_error
from rashomon.sim.limit.spike import (
    cell_overlap,
    detection_threshold,
    gene_overlap,
    group_error,
    top_eigenvalue,
    two_group_error,
)
from rashomon.sim.limit.strength import centre_strengths, group_distance, group_strength

__all__ = [
    "CEILING_COLUMNS",
    "Bounds",
    "ari_of_error",
    "block_detection_ratio",
    "block_exact_recovery_ratio",
    "ceiling_curve",
    "cell_overlap",
    "cells_to_see",
    "centre_strengths",
    "chance_shared",
    "chance_unseen",
    "count_log_affinity",
    "depth_needed",
    "detection_threshold",
    "error_bounds",
    "exact_recovery_distance",
    "gene_overlap",
    "group_distance",
    "group_error",
    "group_strength",
    "max_groups_without_gap",
    "merge_gain",
    "minimax_exponent",
    "molecule_log_affinity",
    "molecules_needed",
    "nmi_of_error",
    "optimal_two_group_error",
    "resolution_limit",
    "top_eigenvalue",
    "two_group_error",
    "weak_recovery_distance",
]
