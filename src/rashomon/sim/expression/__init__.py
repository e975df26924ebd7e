"""Expression as a structural causal model: its knobs, its nodes, and the mechanism of each."""

from __future__ import annotations

from rashomon.sim.expression.knob import EXPRESSION_KNOBS
from rashomon.sim.expression.model import EXPRESSION_NODES, POPULATION_NODES

__all__ = ["EXPRESSION_KNOBS", "EXPRESSION_NODES", "POPULATION_NODES"]
