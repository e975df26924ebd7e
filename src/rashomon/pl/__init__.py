"""Plots from tables: each answers one question; scanpy habits (ax, show, save; Axes returned)."""

from __future__ import annotations

from rashomon.pl.agreement import agreement_heatmap
from rashomon.pl.alluvial import alluvial
from rashomon.pl.break_point import break_points
from rashomon.pl.calibration import calibration
from rashomon.pl.canvas import encode, house_style
from rashomon.pl.cell import cell_panels, cells
from rashomon.pl.coclustering import coclustering
from rashomon.pl.concordance import marker_concordance
from rashomon.pl.detectability import detectability
from rashomon.pl.failure import failures
from rashomon.pl.knob_effect import knob_effects
from rashomon.pl.label import label, visible
from rashomon.pl.logo import logo
from rashomon.pl.percolation import percolation
from rashomon.pl.pipeline_repeat import pipeline_repeats
from rashomon.pl.power import power
from rashomon.pl.rank_conflict import rank_conflict
from rashomon.pl.realism import realism
from rashomon.pl.receptor_cluster import receptor_clusters
from rashomon.pl.recovery import cluster_recovery
from rashomon.pl.resolution import resolution_range
from rashomon.pl.retention_curve import retention_curve
from rashomon.pl.score_track import score_track
from rashomon.pl.share import variance_shares
from rashomon.pl.specification import specification_curve
from rashomon.pl.tree import cluster_tree
from rashomon.pl.truth import truth_agreement
from rashomon.pl.truth_matrix import truth_matrix
from rashomon.pl.world import causal_graph

__all__ = [
    "agreement_heatmap",
    "alluvial",
    "break_points",
    "calibration",
    "causal_graph",
    "cell_panels",
    "cells",
    "cluster_recovery",
    "cluster_tree",
    "coclustering",
    "detectability",
    "encode",
    "failures",
    "house_style",
    "knob_effects",
    "label",
    "logo",
    "marker_concordance",
    "percolation",
    "pipeline_repeats",
    "power",
    "rank_conflict",
    "realism",
    "receptor_clusters",
    "resolution_range",
    "retention_curve",
    "score_track",
    "specification_curve",
    "truth_agreement",
    "truth_matrix",
    "variance_shares",
    "visible",
]
