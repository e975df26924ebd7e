"""V(D)J recombination: receptor chains drawn from generative models, and the probability that one is generated."""

from __future__ import annotations

from rashomon.sim.vdj.choice import Level
from rashomon.sim.vdj.event import Recombinations
from rashomon.sim.vdj.model import MODELS, RecombinationModel, recombination_model
from rashomon.sim.vdj.pgen import pgen
from rashomon.sim.vdj.recombine import recombine

__all__ = ["MODELS", "Level", "RecombinationModel", "Recombinations", "pgen", "recombination_model", "recombine"]
