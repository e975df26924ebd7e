"""How much simulated cells look like real ones: summaries, distances, a classifier, copies, and ranks of simulators."""

from __future__ import annotations

from rashomon.sim.realism.catalogue import SUMMARIES, summaries
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.discrimination import Discrimination, classifier_auc
from rashomon.sim.realism.distance import DISTANCES, Distance
from rashomon.sim.realism.memorisation import Memorisation, nearest_distance
from rashomon.sim.realism.ranking import RANKING_COLUMNS, Comparison, compare_simulators
from rashomon.sim.realism.record import Summary, Values
from rashomon.sim.realism.report import MAX_CELLS, TABLE_COLUMNS, Realism, realism

__all__ = [
    "DISTANCES",
    "MAX_CELLS",
    "RANKING_COLUMNS",
    "SUMMARIES",
    "TABLE_COLUMNS",
    "Cells",
    "Comparison",
    "Discrimination",
    "Distance",
    "Memorisation",
    "Realism",
    "Summary",
    "Values",
    "classifier_auc",
    "compare_simulators",
    "nearest_distance",
    "realism",
    "summaries",
]
