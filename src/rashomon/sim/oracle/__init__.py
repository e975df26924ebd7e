"""Oracles: what can be known about the truth of a world from its data, and the ceilings that no method exceeds."""

from __future__ import annotations

from rashomon.sim.oracle.availability import Availability
from rashomon.sim.oracle.ceiling import Ceiling, ceiling, ceilings
from rashomon.sim.oracle.depth import Depth, DepthTable, KnownDepth, LogNormalDepth
from rashomon.sim.oracle.likelihood import log_likelihood
from rashomon.sim.oracle.normalise import Normalised, normalised
from rashomon.sim.oracle.position import PositionLimit, position_limit
from rashomon.sim.oracle.posterior import coarsen, entropy, expected_accuracy, posterior

__all__ = [
    "Availability",
    "Ceiling",
    "Depth",
    "DepthTable",
    "KnownDepth",
    "LogNormalDepth",
    "Normalised",
    "PositionLimit",
    "ceiling",
    "ceilings",
    "coarsen",
    "entropy",
    "expected_accuracy",
    "log_likelihood",
    "normalised",
    "position_limit",
    "posterior",
]
