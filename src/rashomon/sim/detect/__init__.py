"""Detectability: how often the default pipeline finds a planted group, over cells, depth, effect and prevalence."""

from __future__ import annotations

from rashomon.sim.detect.grid import MOST_DRAWS, Detectability, detectability
from rashomon.sim.detect.recovery import Recovery, recovery
from rashomon.sim.detect.smooth import RISING, Surface, smooth
from rashomon.sim.detect.summary import POINT_COLUMNS
from rashomon.sim.detect.threshold import Threshold, threshold

__all__ = [
    "MOST_DRAWS",
    "POINT_COLUMNS",
    "RISING",
    "Detectability",
    "Recovery",
    "Surface",
    "Threshold",
    "detectability",
    "recovery",
    "smooth",
    "threshold",
]
