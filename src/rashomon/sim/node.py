"""A node of the causal graph, and the scene in which its mechanism is played."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from rashomon.core import Registry, UsageError
from rashomon.sim.part import EXPRESSION, Part
from rashomon.sim.stream import normals, stream_key, uniforms
from rashomon.sim.tree import Tree

__all__ = ["Level", "Node", "Scene", "play"]

Level = Literal["gene", "type", "epitope", "donor", "batch", "sample", "clone", "cell", "chain", "entry"]
"""What a node has one value for; nodes of chains hold sequences."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What a mechanism sees: knobs, fitted tables, the values of its parents, and random numbers by address.

    Parameters
    ----------
    nodes
        The causal graph of the parts, in causal order.
    knobs
        Value of every knob.
    done
        Values of nodes that an intervention set.
    fitted
        Tables estimated from real data, by node; empty in a generated world.
    names
        Names of genes, types, donors and batches.
    tree
        Tree of the types.
    root
        Root of the random numbers.
    n_obs
        Cells of the whole world, whatever block is drawn.
    parts
        What the world generates.
    values
        Values of the nodes played so far.
    units
        Numbers of the cells in play, shape ``(n_cells,)``; empty while tables are made.
    role
        Which cells: ``""`` those that are seen, or partners of doublets, or lysed cells; each has streams of its own.
    """

    nodes: Registry[Node]
    knobs: Mapping[str, Any]
    done: Mapping[str, Any]
    fitted: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    tree: Tree
    root: int
    n_obs: int
    parts: tuple[Part, ...] = (EXPRESSION,)
    values: dict[str, np.ndarray] = field(default_factory=dict)
    units: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    role: str = ""

    def __getitem__(self, name: str) -> np.ndarray:
        node = self.nodes[name] if name not in self.values else None
        if node is not None and node.level == "chain" and node.mechanism is not None:
            # sequences are made when they are asked for, and of the cells in play only
            self.values[name] = node.mechanism(self)
        return self.values[name]

    def n(self, what: str) -> int:
        """Return how many genes, types, donors or batches there are."""
        return len(self.names[what])

    def chances(self, node: str, units: np.ndarray | None = None, *, n: int = 1) -> np.ndarray:
        """Return uniform numbers of `node` for `units` (those in play when None), shape ``(n_units, n)``."""
        return uniforms(stream_key(self.root, node, self.role), self.units if units is None else units, n)

    def gaussians(self, node: str, units: np.ndarray | None = None, *, n: int = 1) -> np.ndarray:
        """Return standard normal numbers of `node`, as `chances`."""
        return normals(stream_key(self.root, node, self.role), self.units if units is None else units, n)

    def of_genes(self, node: str, *, n: int = 1) -> np.ndarray:
        """Return standard normal numbers per gene, shape ``(n, n_genes)``."""
        return self.gaussians(node, np.arange(self.n("gene")), n=n).T

    def cells(self, units: np.ndarray, *, role: str = "", given: Mapping[str, np.ndarray] | None = None) -> Scene:
        """Return the cells numbered `units`, all nodes played; those in `given` are decided, unless a ``do`` did so."""
        decided = {name: value for name, value in (given or {}).items() if name not in self.done}
        tables = {name: value for name, value in self.values.items() if self.nodes[name].level not in {"cell", "chain"}}
        scene = replace(self, values={**tables, **decided}, units=np.asarray(units, np.int64), role=role)
        return play(scene, of_cells=True)


@dataclass(frozen=True)
class Node:
    """One variable of the structural causal model.

    Parameters
    ----------
    name
        The name users type in ``do``, unique in the registry.
    level
        See `Level`.
    parents
        Nodes that the mechanism reads.
    summary
        Meaning, in one line.
    mechanism
        From a scene to the values: shape ``(n_cells,)`` or ``(n_cells, k)`` at level ``cell``, tables elsewhere. A
        table without rows means that the node adds nothing. None at level ``entry``.
    classes
        Kind of name that its values count (``type``, ``batch`` ...); None for measured values.
    rows
        Kinds of class for whose combinations its table has a row each.
    low, high
        Closed range of legal values.
    may_miss
        Whether NaN is a value: a cell that does not divide has no angle.
    part
        The part of a world that it belongs to; None where every world has it.
    needs
        Knob without which a node of cells is the same in all of them.
    """

    name: str
    level: Level
    parents: tuple[str, ...]
    summary: str
    mechanism: Callable[[Scene], np.ndarray] | None = None
    classes: str | None = None
    needs: str | None = None
    rows: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    may_miss: bool = False
    part: Part | None = EXPRESSION

    def of(self, parts: tuple[Part, ...]) -> bool:
        """Return whether worlds that generate `parts` have this node."""
        return self.part is None or self.part in parts


def play(scene: Scene, *, of_cells: bool = False) -> Scene:
    """Give every node its value: that of an intervention where there is one, else that of its mechanism.

    Parameters
    ----------
    scene
        With the values of all earlier nodes; what it holds already stays. Its values are filled in place.
    of_cells
        Whether the nodes of cells are played, or the tables.

    Raises
    ------
    UsageError
        When an intervention has another shape than the node.
    """
    for node in scene.nodes.values():
        if node.mechanism is None or node.level == "chain":
            continue
        if (node.level == "cell") != of_cells or node.name in scene.values:
            continue
        value = node.mechanism(scene)
        scene.values[node.name] = _set(node, value, scene) if node.name in scene.done else value
    return scene


def _set(node: Node, natural: np.ndarray, scene: Scene) -> np.ndarray:
    value = np.asarray(scene.done[node.name])
    if value.ndim == 0:
        # not full_like: the type is that of the natural values, and True counts as 1
        return np.full(natural.shape, value.astype(natural.dtype))
    # a table that adds nothing has no rows yet
    fits = value.shape == natural.shape or (
        len(natural) == 0 and value.shape == (_n_rows(node, scene), *natural.shape[1:])
    )
    if not fits or node.level == "cell":
        raise UsageError(
            f"the value of {node.name} has shape {value.shape}",
            where=f"do({node.name}=...)",
            expected="one number" if node.level == "cell" else f"one number, or shape {natural.shape}",
            code="world.do",
        )
    return value.astype(natural.dtype)


def _n_rows(node: Node, scene: Scene) -> int:
    return math.prod(scene.n(kind) for kind in node.rows) if node.rows else -1
