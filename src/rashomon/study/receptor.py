"""What an audit of receptors adds: scores of the field with their baselines, percolation, words per cluster."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.ask import Request
from rashomon.ask.receptor_cluster import receptor_clusters
from rashomon.cluster import CLUSTERERS
from rashomon.dataset import Dataset, Truth, nesting, receptor_items
from rashomon.encode import STEPS
from rashomon.engine import Call, Record
from rashomon.multiverse import Executor, Unit
from rashomon.multiverse.receptor_path import distance_path, select_call
from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.score.receptor import conditional_agreement, receptor_score_table
from rashomon.truth import gene_truths

__all__ = ["PERCOLATION", "gene_controls", "matched_strata", "receptor_tables"]
