"""Every node and every knob of the worlds, in causal order."""

from __future__ import annotations

from functools import cache

from rashomon.core import Registry
from rashomon.sim.expression import EXPRESSION_KNOBS, EXPRESSION_NODES, POPULATION_NODES
from rashomon.sim.knob import Knob
from rashomon.sim.node import Node
from rashomon.sim.part import Part
from rashomon.sim.repertoire import CHAIN_NODES, CLONE_NODES, RECEPTOR_KNOBS

__all__ = ["KNOBS", "NODES", "nodes_of"]

KNOBS: Registry[Knob] = Registry("knob", [*EXPRESSION_KNOBS, *RECEPTOR_KNOBS])
"""Every knob; a world gives a value to each. ``rashomon list knobs`` prints them."""

NODES: Registry[Node] = Registry("node", [*POPULATION_NODES, *CLONE_NODES, *EXPRESSION_NODES, *CHAIN_NODES])
"""Every node; ``rashomon list nodes`` prints them. Clones come before cells: a cell has the donor of its clone."""


@cache
def nodes_of(parts: tuple[Part, ...]) -> Registry[Node]:
    """Return the nodes of worlds that generate `parts`."""
    return Registry("node", [node for node in NODES.values() if node.of(parts)])
