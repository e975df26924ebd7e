"""Receptors of a world: donors with HLA, epitopes, clones, their chains, and what is read of them."""

from __future__ import annotations

from rashomon.sim.repertoire import knob
from rashomon.sim.repertoire.chain_knob import CHAIN_KNOBS
from rashomon.sim.repertoire.chain_model import CHAIN_NODES
from rashomon.sim.repertoire.model import CLONE_NODES
from rashomon.sim.repertoire.name import receptor_names
from rashomon.sim.repertoire.rule import receptor_problems

__all__ = ["CHAIN_NODES", "CLONE_NODES", "RECEPTOR_KNOBS", "receptor_names", "receptor_problems"]

RECEPTOR_KNOBS = (*knob.RECEPTOR_KNOBS, *CHAIN_KNOBS)
"""Every knob of worlds of receptors."""
