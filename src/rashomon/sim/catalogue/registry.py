"""The catalogue of worlds: each with a name, a citation and the lesson that it teaches."""

from __future__ import annotations

from rashomon.core import Registry
from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation
from rashomon.sim.catalogue.paired_world import PAIRED_WORLDS
from rashomon.sim.catalogue.population_world import POPULATION_WORLDS
from rashomon.sim.catalogue.receptor_world import RECEPTOR_WORLDS
from rashomon.sim.catalogue.technical_world import TECHNICAL_WORLDS
from rashomon.sim.catalogue.type_world import TYPE_WORLDS

__all__ = ["PASS_RATE", "WORLDS", "CatalogueWorld", "Expectation"]

PASS_RATE = 0.9
"""Share of draws in which every expectation of a world holds; tested over twenty consecutive seeds."""

WORLDS: Registry[CatalogueWorld] = Registry(
    "world", [*TYPE_WORLDS, *POPULATION_WORLDS, *TECHNICAL_WORLDS, *RECEPTOR_WORLDS, *PAIRED_WORLDS]
)
"""Every world of the catalogue."""
