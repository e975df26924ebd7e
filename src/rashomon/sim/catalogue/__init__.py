"""Named worlds, each with the lesson it teaches."""

from __future__ import annotations

from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation, check_lesson
from rashomon.sim.catalogue.registry import PASS_RATE, WORLDS

__all__ = ["PASS_RATE", "WORLDS", "CatalogueWorld", "Expectation", "check_lesson"]
