"""Groups, a gradient, or one population: dips, their directions, their reference tables, and the loop test."""

from __future__ import annotations

from rashomon.structure.dip import Dip, dip, dip_interval
from rashomon.structure.direction import Directions, LargestDip, directions, largest_dip, two_modes
from rashomon.structure.loop import Loop, closed_loop
from rashomon.structure.reference import REFERENCES, Reference, dip_p, tabulated

__all__ = [
    "REFERENCES",
    "Dip",
    "Directions",
    "LargestDip",
    "Loop",
    "Reference",
    "closed_loop",
    "dip",
    "dip_interval",
    "dip_p",
    "directions",
    "largest_dip",
    "tabulated",
    "two_modes",
]
