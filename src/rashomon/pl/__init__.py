"""Plots from tables: each answers one question; scanpy habits (ax, show, save; Axes returned)."""

from __future__ import annotations

from rashomon.pl.alluvial import alluvial
from rashomon.pl.canvas import encode, house_style
from rashomon.pl.cell import cell_panels, cells
from rashomon.pl.detectability import detectability
from rashomon.pl.label import label, visible
from rashomon.pl.realism import realism
from rashomon.pl.recovery import cluster_recovery
from rashomon.pl.share import variance_shares
from rashomon.pl.specification import specification_curve
from rashomon.pl.truth import truth_agreement
from rashomon.pl.world import causal_graph

__all__ = [
    "alluvial",
    "causal_graph",
    "cell_panels",
    "cells",
    "cluster_recovery",
    "detectability",
    "encode",
    "house_style",
    "label",
    "realism",
    "specification_curve",
    "truth_agreement",
    "variance_shares",
    "visible",
]
