"""Expression as a structural causal model: its knobs, its nodes, and the mechanism of each."""

from __future__ import annotations

from rashomon.sim.expression.knob import KNOBS
from rashomon.sim.expression.model import NODES

__all__ = ["KNOBS", "NODES"]
