"""The causal graph of a world as plain data: nodes, and edges from cause to effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

__all__ = ["LEVELS", "causal_order", "graph_fault"]

LEVELS = ("study", "donor", "batch", "sample", "type", "epitope", "clone", "cell", "chain", "gene", "entry")
"""What a node has one value for; an entry is a cell and a gene. Another word is no fault."""

MOST_NODES, MOST_EDGES = 500, 5000
_FIELDS = {"name": str, "level": str, "summary": str, "intervened": bool}


def graph_fault(graph: Any) -> str:
    """Return what is wrong with a causal graph, and the empty text where nothing is.

    Parameters
    ----------
    graph
        ``{"nodes": [{"name", "level", "summary", "intervened"}], "edges": [[parent, child], ...]}``: at most 500 nodes
        and 5,000 edges, every edge between two of the nodes and given once, no circle.

    Examples
    --------
    >>> nodes = [{"name": name, "level": "cell", "summary": "", "intervened": False} for name in ("type", "counts")]
    >>> graph_fault({"nodes": nodes, "edges": [["type", "counts"]]})
    ''
    >>> graph_fault({"nodes": nodes, "edges": [["type", "depth"]]})
    "an edge names 'depth', which is no node"
    """
    if not isinstance(graph, Mapping):
        return "it is no mapping of nodes and edges"
    nodes, edges = (_listed(graph.get(part), most) for part, most in (("nodes", MOST_NODES), ("edges", MOST_EDGES)))
    if not nodes or edges is None:
        return f"it is no list of 1 to {MOST_NODES} nodes with a list of at most {MOST_EDGES} edges"
    if not all(map(_is_node, nodes)):
        return f"a node lacks one of {', '.join(_FIELDS)}"
    if not all(map(_is_edge, edges)):
        return "an edge is no pair of names"
    return _relational_fault([node["name"] for node in nodes], [tuple(edge) for edge in edges])


def _listed(value: Any, most: int) -> list[Any] | None:
    return list(value) if isinstance(value, list | tuple) and len(value) <= most else None


def _is_node(node: Any) -> bool:
    right = isinstance(node, Mapping) and all(isinstance(node.get(name), kind) for name, kind in _FIELDS.items())
    return right and bool(node["name"])


def _is_edge(edge: Any) -> bool:
    return isinstance(edge, list | tuple) and len(edge) == 2 and all(isinstance(end, str) for end in edge)


def _relational_fault(names: list[str], edges: list[tuple[str, str]]) -> str:
    for what, values in (("a node is named", names), ("an edge is given", edges)):
        if len(set(values)) < len(values):
            return f"{what} twice"
    for end in (end for edge in edges for end in edge):
        if end not in set(names):
            return f"an edge names {end!r}, which is no node"
    try:
        causal_order(names, edges)
    except CycleError as error:
        return f"{error.args[1][0]!r} is among its own causes"
    return ""


def causal_order(names: Sequence[str], edges: Sequence[Sequence[str]]) -> list[str]:
    """Return the nodes of a graph so that causes come before their effects.

    Parameters
    ----------
    names
        Names of the nodes.
    edges
        Pairs (cause, effect).

    Raises
    ------
    CycleError
        Of `graphlib`, where a node is among its own causes.

    Examples
    --------
    >>> causal_order(["counts", "type", "rate"], [("rate", "counts"), ("type", "rate")])
    ['type', 'rate', 'counts']
    """
    causes: dict[str, list[str]] = {name: [] for name in names}
    for cause, effect in edges:
        causes[effect].append(cause)
    return list(TopologicalSorter(causes).static_order())
