"""The causal graph of a world, without what is inert in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from rashomon.sim.mechanism import KNOBS
from rashomon.sim.node import Node, Scene
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire.chain_model import chain_activity
from rashomon.sim.repertoire.sequence import model_of

if TYPE_CHECKING:
    from rashomon.sim.world import World

__all__ = ["causal_graph", "graph_facts"]

_TABLES_OF_CELLS = frozenset({"donor_share", "composition", "batch_share", "depth_of_type", "depth_of_batch"})


def causal_graph(world: World) -> nx.DiGraph:
    """Return the graph of a world: an edge from each cause to what it acts on.

    Parameters
    ----------
    world
        Nodes that are the same in all its cells, or add nothing, are left out; a node that was set has no parents.

    Returns
    -------
    Directed, acyclic; nodes have ``level``, ``summary`` and ``intervened`` (set, or its mechanism changed, by `do`).
    """
    scene = world.scene(1, root=0)
    graph = nx.DiGraph()
    touched = {node for knob in world.turned for node in KNOBS[knob].nodes}
    for node in scene.nodes.values():
        if node.name in world.done or _is_active(node, scene):
            intervened = node.name in world.done or node.name in touched
            graph.add_node(node.name, level=node.level, summary=node.summary, intervened=intervened)
            parents = () if node.name in world.done else node.parents
            graph.add_edges_from((parent, node.name) for parent in parents if parent in graph)
    return graph


def _is_active(node: Node, s: Scene) -> bool:
    if node.level == "chain" or node.part == RECEPTORS:
        return _is_of_receptors(node, s)
    if node.name == "type":
        return s.n("type") > 1
    if node.name == "factor":
        return len(s["loading"]) > 0
    if node.name in _TABLES_OF_CELLS:
        return _differs(node, s)
    if node.mechanism is None or node.level == "cell":
        return node.needs is None or s.knobs[node.needs] != KNOBS[node.needs].neutral or _counted(node, s)
    return bool(np.any(s[node.name]))


def _is_of_receptors(node: Node, s: Scene) -> bool:
    if node.level == "chain" and node.name not in {"vdj", "vj"}:
        return node.name in chain_activity(s)
    if node.name == "clone_family":
        return any(name.endswith("_family") for name in s.fitted) and s.knobs["family_strength"] > 0
    if node.name in {"vdj", "vj"}:
        return model_of(s, node.name) is not None
    return node.needs is None or s.knobs[node.needs] != KNOBS[node.needs].neutral


def _counted(node: Node, s: Scene) -> bool:
    """Return whether a twin has several classes of this node."""
    return node.classes in {"donor", "batch"} and s.n(str(node.classes)) > 1


def _differs(node: Node, s: Scene) -> bool:
    table = s[node.name]
    return bool(np.any(table)) if node.name.startswith("depth") else table.shape[-1] > 1


def graph_facts(graph: nx.DiGraph) -> dict[str, Any]:
    """Return `graph` as plain data: ``nodes`` (name, level, summary, intervened) and ``edges`` (parent, child)."""
    return {
        "nodes": [{"name": name, **facts} for name, facts in graph.nodes(data=True)],
        "edges": [list(edge) for edge in graph.edges],
    }
