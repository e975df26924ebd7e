"""Worlds: structural causal models that generate data in which every truth is known."""

from __future__ import annotations

from rashomon.sim.expression import NODES
from rashomon.sim.expression_knob import KNOBS
from rashomon.sim.simulation import Simulation
from rashomon.sim.world import World

__all__ = ["KNOBS", "NODES", "Simulation", "World"]
