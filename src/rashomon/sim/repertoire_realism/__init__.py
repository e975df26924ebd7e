"""How much generated repertoires look like those of people: properties, distances, and ranks of candidates."""

from __future__ import annotations

from rashomon.sim.repertoire_realism.catalogue import PROPERTIES
from rashomon.sim.repertoire_realism.comparison import (
    PAIR_COLUMNS,
    RANKING_COLUMNS,
    TABLE_COLUMNS,
    RepertoireComparison,
    compare,
)
from rashomon.sim.repertoire_realism.distance import DISTANCES, Distance
from rashomon.sim.repertoire_realism.group import Candidate, Sampler
from rashomon.sim.repertoire_realism.prepared import GenerationProbability
from rashomon.sim.repertoire_realism.record import Features, Property
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from rashomon.sim.repertoire_realism.sampler import recombination_sampler
from rashomon.sim.repertoire_realism.shuffle import marginal_shuffle

__all__ = [
    "DISTANCES",
    "PAIR_COLUMNS",
    "PROPERTIES",
    "RANKING_COLUMNS",
    "TABLE_COLUMNS",
    "Candidate",
    "Distance",
    "Features",
    "GenerationProbability",
    "Property",
    "Repertoire",
    "RepertoireComparison",
    "Sampler",
    "compare",
    "marginal_shuffle",
    "recombination_sampler",
]
