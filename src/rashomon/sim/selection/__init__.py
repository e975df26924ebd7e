"""Thymic selection: what is generated is not what circulates, and a factor Q on generation makes the difference."""

from __future__ import annotations

from rashomon.sim.selection.apply import select
from rashomon.sim.selection.fit import fit_selection
from rashomon.sim.selection.model import Selection
from rashomon.sim.selection.shipped import LEARNED, learned_selection
from rashomon.sim.selection.table import read_selection, selection_text

__all__ = [
    "LEARNED",
    "Selection",
    "fit_selection",
    "learned_selection",
    "read_selection",
    "select",
    "selection_text",
]
